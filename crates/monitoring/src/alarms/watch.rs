//! An alarm's datapoints, read from disk.

use std::collections::BTreeMap;

use super::{Datapoint, Evaluation};
use crate::compute::{Asked, Unanswered};
use crate::model::{LowSamples, MetricRule, Watched};
use crate::series::SeriesStore;
use crate::statistics::Statistic;

/// What an alarm sees.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Watch {
    /// The oldest first, all periods of the range.
    pub points: Vec<Datapoint>,
    pub period: i64,
    pub start: i64,
    /// The samples of its percentile are too few to judge by.
    pub has_few_samples: bool,
}

/// Seconds that measurements of a period are waited for after its end.
const GRACE: i64 = 5;
const SHORT_GRACE: i64 = 2;

/// Where the latest whole period ends at `now`. Alarms of a minute and more move on by the minute, shorter ones by ten
/// seconds (*User guide, Evaluating an alarm*).
fn end(now: i64, period: i64) -> i64 {
    let (step, grace) = if period < 60 { (10, SHORT_GRACE) } else { (60, GRACE) };
    let now = now - grace;
    now - now.rem_euclid(step)
}

pub(crate) fn look(
    store: &SeriesStore,
    account: &str,
    rule: &MetricRule,
    evaluation: Evaluation,
    now: i64,
) -> Result<Watch, Unanswered> {
    let period = rule.period();
    let end = end(now, period);
    let start = end - period * evaluation.range() as i64;
    let asked = Asked { account, start, end, now };
    let mut has_few_samples = false;
    let values: BTreeMap<i64, (f64, Option<f64>)> = match &rule.watched {
        Watched::One(measure) => {
            let statistic = Statistic::parse(&measure.statistic);
            let aggregates = asked.aggregates(store, measure)?;
            let latest = aggregates.values().next_back();
            has_few_samples = rule.low_samples == Some(LowSamples::Ignore)
                && latest.is_some_and(|latest| statistic.is_some_and(|one| latest.count < one.least_samples()));
            let of = |(at, aggregate): (&i64, &crate::statistics::Aggregate)| {
                Some((*at, (statistic?.of(aggregate)?, Some(aggregate.count))))
            };
            aggregates.iter().filter_map(of).collect()
        }
        Watched::Math(queries) => {
            let answers = asked.answers(store, queries)?;
            let series = answers.into_iter().flat_map(|(_, all)| all).next().unwrap_or_default();
            series.points.into_iter().map(|(at, value)| (at, (value, None))).collect()
        }
    };
    let points = (0..evaluation.range() as i64).map(|number| {
        let at = start + number * period;
        let found = values.get(&at);
        let value = found.map(|found| found.0);
        let is_breaching = value.is_some_and(|value| rule.comparison.is_breaching(value, rule.threshold));
        Datapoint { at, value, sample_count: found.and_then(|found| found.1), is_breaching }
    });
    Ok(Watch { points: points.collect(), period, start, has_few_samples })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_by_the_minute_or_by_ten_seconds() {
        assert_eq!(end(1_200_000_064, 60), 1_200_000_000);
        assert_eq!(end(1_200_000_065, 300), 1_200_000_060);
        assert_eq!(end(1_200_000_031, 10), 1_200_000_020);
        assert_eq!(end(1_200_000_032, 30), 1_200_000_030);
    }
}
