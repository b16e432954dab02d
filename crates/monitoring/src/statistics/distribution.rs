//! The values that were measured, each with how often it was. What has too many different ones is kept to a percent or
//! so, as CloudWatch does.

/// Different values that are kept as they are.
const MOST: usize = 256;
/// Neighbours closer than this are put together where there are too many; the ratio grows until it suffices.
const FIRST_RATIO: f64 = 1.01;

/// Values in ascending order, none twice, with their counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Distribution(Vec<(f64, f64)>);

impl Distribution {
    pub fn one(value: f64, count: f64) -> Self {
        Self(vec![(value, count)])
    }

    pub fn pairs(&self) -> &[(f64, f64)] {
        &self.0
    }

    pub fn merge(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
        self.0.sort_by(|one, other| one.0.total_cmp(&other.0));
        self.0.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 += next.1;
            }
            is_same
        });
        let mut ratio = FIRST_RATIO;
        while self.0.len() > MOST {
            self.compress(ratio);
            ratio = 1.0 + (ratio - 1.0) * 2.0;
        }
    }

    /// Puts together what lies in the same interval of a logarithmic scale.
    fn compress(&mut self, ratio: f64) {
        let interval = |value: f64| {
            let magnitude = if value == 0.0 { f64::MIN } else { (value.abs().ln() / ratio.ln()).floor() };
            (value.signum(), magnitude)
        };
        self.0.dedup_by(|next, kept| {
            let is_near = interval(next.0) == interval(kept.0);
            if is_near {
                let count = kept.1 + next.1;
                // The mean of both, so that sums stay true.
                if count > 0.0 {
                    kept.0 += (next.0 - kept.0) * (next.1 / count);
                }
                kept.1 = count;
            }
            is_near
        });
    }

    /// As it is stored: pairs of numbers of 64 bits.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(value, count)| [value.to_le_bytes(), count.to_le_bytes()]).flatten().collect()
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (pairs, _) = bytes.as_chunks::<16>();
        let number = |bytes: &[u8]| f64::from_le_bytes(std::array::from_fn(|at| bytes[at]));
        Self(pairs.iter().map(|pair| (number(&pair[..8]), number(&pair[8..]))).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_values_are_counted_together() {
        let mut values = Distribution::one(2.0, 1.0);
        values.merge(&Distribution::one(1.0, 1.0));
        values.merge(&Distribution::one(2.0, 3.0));
        assert_eq!(values.pairs(), [(1.0, 1.0), (2.0, 4.0)]);
    }

    #[test]
    fn many_values_are_kept_to_a_few_percent() {
        let mut values = Distribution::default();
        for value in 1..=10_000 {
            values.merge(&Distribution::one(f64::from(value), 1.0));
        }
        assert!(values.pairs().len() <= MOST);
        assert_eq!(values.pairs().iter().map(|pair| pair.1).sum::<f64>(), 10_000.0);
        let below = values.pairs().iter().filter(|pair| pair.0 < 5_000.0).map(|pair| pair.1).sum::<f64>();
        assert!((4_700.0..=5_300.0).contains(&below), "{below}");
    }

    proptest! {
        #[test]
        fn it_stays_ordered_and_small_and_survives_a_round_trip(values in proptest::collection::vec(-1e12f64..1e12, 0..900)) {
            let mut all = Distribution::default();
            for chunk in values.chunks(150) {
                let mut part = Distribution::default();
                chunk.iter().for_each(|value| part.merge(&Distribution::one(*value, 1.0)));
                all.merge(&part);
            }
            prop_assert!(all.pairs().len() <= MOST);
            prop_assert!(all.pairs().windows(2).all(|pair| pair[0].0 <= pair[1].0));
            prop_assert_eq!(&Distribution::from_bytes(&all.to_bytes()), &all);
        }
    }
}
