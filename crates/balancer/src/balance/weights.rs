//! The choice between the target groups of a rule by their weights.

use rand::Rng;

use crate::snapshot::{Forward, Group};

/// `None` if all weights are zero.
pub fn choose_group<'a>(forward: &'a Forward, random: &mut impl Rng) -> Option<&'a Group> {
    if let [(only, weight)] = &forward.groups[..] {
        return (*weight > 0).then_some(only);
    }
    let total: u32 = forward.groups.iter().map(|(_, weight)| weight).sum();
    let drawn = (total > 0).then(|| random.random_range(0..total))?;
    by_weight(&forward.groups, drawn).map(|group| &**group)
}

/// The one on whose stretch `drawn` falls, when all are laid out side by side, each as long as its weight.
fn by_weight<T>(items: &[(T, u32)], drawn: u32) -> Option<&T> {
    let mut left = drawn;
    for (item, weight) in items {
        if left < *weight {
            return Some(item);
        }
        left -= weight;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_is_drawn_as_often_as_it_weighs(weights in proptest::collection::vec(0_u32..20, 1..6)) {
            let items: Vec<(usize, u32)> = weights.iter().copied().enumerate().collect();
            let total: u32 = weights.iter().sum();
            let mut drawn = vec![0; weights.len()];
            for at in 0..total {
                drawn[*by_weight(&items, at).unwrap()] += 1;
            }
            prop_assert_eq!(drawn, weights);
            prop_assert_eq!(by_weight(&items, total), None);
        }
    }
}
