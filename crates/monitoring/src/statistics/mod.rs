//! What is kept of measurements and what can be said of them: counts, sums and extremes always, percentiles and their
//! kin where the single values are known.

mod aggregate;
mod distribution;
mod statistic;

pub(crate) use aggregate::Aggregate;
pub(crate) use distribution::Distribution;
pub(crate) use statistic::{Simple, Statistic};
