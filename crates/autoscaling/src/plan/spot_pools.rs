//! Which of a mixed policy's choices a Spot instance is launched from first (*User guide, Allocation strategies*). A pool is
//! an instance type in a zone. All pools have their room from one host, so that by capacity each is as good as the other,
//! and what the policy lists first is.

use std::collections::HashMap;

use crate::model::{Market, Member, MixedPolicy, Override, Resolved};

/// *API reference, InstancesDistribution: SpotInstancePools*
const POOLS: u32 = 2;

impl MixedPolicy {
    /// Whether prices decide.
    pub fn is_by_price(&self) -> bool {
        matches!(self.spot_strategy.as_str(), "lowest-price" | "price-capacity-optimized")
    }

    /// Its choices in the order in which they are tried for this Spot instance, beside the `others` of its group.
    /// `prices`: by type.
    pub fn spot_choices(&self, member: &Member, others: &[Member], prices: &HashMap<String, u64>) -> Vec<Override> {
        let mut choices = self.overrides.clone();
        if !self.is_by_price() || choices.len() < 2 {
            return choices;
        }
        let price = |choice: &Override| choice.instance_type.as_ref().and_then(|kind| prices.get(kind)).copied();
        // By what a unit of capacity costs; what has no price comes last.
        let unit = |choice: &Override, other: &Override| {
            price(choice).map(|price| u128::from(price) * u128::from(other.weight.unwrap_or(1)))
        };
        choices.sort_by(|a, b| (unit(a, b).is_none(), unit(a, b)).cmp(&(unit(b, a).is_none(), unit(b, a))));
        if self.spot_strategy == "lowest-price" {
            let pools = usize::try_from(self.spot_pools.unwrap_or(POOLS)).unwrap_or(usize::MAX).min(choices.len());
            let first = emptiest(&choices[..pools], member, others);
            choices[..=first].rotate_right(1);
        }
        choices
    }
}

/// The pool in which fewest of the group are. Those that are decided upon together and launched at the same time take
/// theirs in the order of their keys, so that each knows where those before it go.
fn emptiest(pools: &[Override], member: &Member, others: &[Member]) -> usize {
    let is_beside = |one: &&Member| one.zone == member.zone && one.market == Market::Spot && !one.phase.is_ending();
    let (mut filled, mut before) = (vec![0_usize; pools.len()], 0);
    for one in others.iter().filter(is_beside) {
        match &one.launch {
            Some(Resolved::Template { instance_type, .. }) => {
                if let Some(at) = pools.iter().position(|pool| pool.instance_type == *instance_type) {
                    filled[at] += 1;
                }
            }
            Some(_) => {}
            None => before += usize::from(one.key < member.key),
        }
    }
    let next = |filled: &[usize]| (0..filled.len()).min_by_key(|at| filled[*at]).unwrap_or(0);
    for _ in 0..before {
        let at = next(&filled);
        filled[at] += 1;
    }
    next(&filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{member, template};

    fn policy(strategy: &str, pools: Option<u32>, kinds: &[(&str, u32)]) -> MixedPolicy {
        let choice = |(kind, weight): &(&str, u32)| Override {
            instance_type: Some((*kind).to_owned()),
            weight: Some(*weight),
            ..Override::default()
        };
        MixedPolicy {
            template: template(),
            overrides: kinds.iter().map(choice).collect(),
            on_demand_base: 0,
            on_demand_percentage: 0,
            on_demand_strategy: "prioritized".into(),
            spot_strategy: strategy.into(),
            spot_pools: pools,
            spot_max_price: None,
        }
    }

    fn order(policy: &MixedPolicy, others: &[Member]) -> Vec<String> {
        let prices = [("large", 400), ("small", 100), ("medium", 150)].map(|(kind, price)| (kind.to_owned(), price));
        let choices = policy.spot_choices(&spot("5", None, "a"), others, &prices.into());
        choices.into_iter().filter_map(|choice| choice.instance_type).collect()
    }

    const KINDS: [(&str, u32); 3] = [("large", 1), ("small", 1), ("medium", 1)];

    fn spot(key: &str, kind: Option<&str>, zone: &str) -> Member {
        let launch = kind.map(|kind| Resolved::Template {
            template: template(),
            number: "1".into(),
            instance_type: Some(kind.to_owned()),
            image: None,
        });
        Member { market: Market::Spot, launch, ..member(key, zone) }
    }

    #[test]
    fn the_cheapest_unit_of_capacity_is_first_where_prices_decide() {
        assert_eq!(order(&policy("price-capacity-optimized", None, &KINDS), &[]), ["small", "medium", "large"]);
        let weighed = [("large", 8), ("small", 1), ("medium", 2)];
        assert_eq!(order(&policy("price-capacity-optimized", None, &weighed), &[]), ["large", "medium", "small"]);
        assert_eq!(order(&policy("capacity-optimized", None, &KINDS), &[]), ["large", "small", "medium"]);
    }

    #[test]
    fn the_cheapest_pools_are_filled_alike() {
        let policy = policy("lowest-price", Some(2), &KINDS);
        assert_eq!(order(&policy, &[])[0], "small");
        assert_eq!(order(&policy, &[spot("1", Some("small"), "a")])[0], "medium");
        assert_eq!(order(&policy, &[spot("1", Some("small"), "a"), spot("2", Some("medium"), "a")])[0], "small");
        // Those that are not launched yet go before it, or after.
        assert_eq!(order(&policy, &[spot("4", None, "a"), spot("6", None, "a")])[0], "medium");
        // A pool of another zone is another pool.
        assert_eq!(order(&policy, &[spot("1", Some("small"), "b")])[0], "small");
    }

    #[test]
    fn what_has_no_price_comes_last() {
        let policy = policy("lowest-price", Some(1), &[("unknown", 1), ("large", 1)]);
        assert_eq!(order(&policy, &[]), ["large", "unknown"]);
    }
}
