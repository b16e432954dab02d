//! What is kept of the measurements of some time.

use super::Distribution;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregate {
    pub count: f64,
    pub sum: f64,
    pub minimum: f64,
    pub maximum: f64,
    /// `None` once a statistic set of several values was among them: nobody knows those.
    pub values: Option<Distribution>,
}

impl Aggregate {
    /// One value, measured so often.
    pub fn of(value: f64, count: f64) -> Self {
        let values = Some(Distribution::one(value, count));
        Self { count, sum: value * count, minimum: value, maximum: value, values }
    }

    /// A statistic set. Its values are known if it is one value only (*User guide, Percentiles: SampleCount is 1, or
    /// Minimum and Maximum are equal*).
    pub fn set(count: f64, sum: f64, minimum: f64, maximum: f64) -> Self {
        let is_one = minimum == maximum || count == 1.0;
        Self { count, sum, minimum, maximum, values: is_one.then(|| Distribution::one(minimum, count)) }
    }

    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        match (&mut self.values, &other.values) {
            (Some(values), Some(more)) => values.merge(more),
            (values, _) => *values = None,
        }
    }

    /// All of these together; `None` for none.
    pub fn all<'a>(aggregates: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        aggregates.into_iter().fold(None, |all, next| match all {
            None => Some(next.clone()),
            Some(mut all) => {
                all.merge(next);
                Some(all)
            }
        })
    }

    pub fn average(&self) -> f64 {
        if self.count == 0.0 { 0.0 } else { self.sum / self.count }
    }
}
