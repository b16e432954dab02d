//! Queries computed: metrics read from disk, expressions over them.

use std::collections::BTreeMap;

use crate::math::{self, Scope, Series, Value};
use crate::model::{Measure, Query, Source};
use crate::series::{Failure, SeriesStore, Window};
use crate::statistics::{Aggregate, Statistic};

/// Datapoints of all metrics of a request.
const MOST_POINTS: usize = 2_000_000;

/// Who asks for what time, when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub account: &'a str,
    /// Seconds since 1970; the end is not part of it.
    pub start: i64,
    pub end: i64,
    pub now: i64,
}

/// Why queries have no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("Error in expression '{id}': {wrong}")]
    Expression { id: String, wrong: math::Wrong },
    #[error("Error in expression '{0}': it must return a time series or an array of time series")]
    NoSeries(String),
    #[error("The request asks for more than {MOST_POINTS} datapoints: longer periods or a shorter time help")]
    TooMuch,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl Asked<'_> {
    /// The aggregates of a measure by time, those of all units together.
    pub fn aggregates(&self, store: &SeriesStore, measure: &Measure) -> Result<BTreeMap<i64, Aggregate>, Failure> {
        let window = Window { start: self.start, end: self.end, period: measure.period };
        let statistic = Statistic::parse(&measure.statistic);
        let metric = measure.metric(self.account);
        let buckets = store.buckets(&metric, measure.unit.as_deref(), window, statistic.as_slice(), self.now)?;
        let mut found: BTreeMap<i64, Aggregate> = BTreeMap::new();
        for ((_, at), aggregate) in buckets {
            match found.get_mut(&at) {
                Some(present) => present.merge(&aggregate),
                None => drop(found.insert(at, aggregate)),
            }
        }
        Ok(found)
    }

    /// A measure's values. Where the statistic needs single values that are not known, there are none.
    pub fn series(&self, store: &SeriesStore, measure: &Measure) -> Result<Series, Failure> {
        let statistic = Statistic::parse(&measure.statistic);
        let aggregates = self.aggregates(store, measure)?;
        let points = aggregates.iter().filter_map(|(at, aggregate)| Some((*at, statistic?.of(aggregate)?))).collect();
        Ok(Series { label: measure.name.clone(), period: measure.period, points })
    }

    /// What the queries that return something return, in their order: one series of a metric, some of an expression.
    pub fn answers<'q>(
        &self,
        store: &SeriesStore,
        queries: &'q [Query],
    ) -> Result<Vec<(&'q Query, Vec<Series>)>, Unanswered> {
        let mut metrics = Vec::new();
        let mut values: BTreeMap<String, Value> = BTreeMap::new();
        let mut points = 0;
        for query in queries {
            let Source::Metric(measure) = &query.source else { continue };
            let asked = Self { start: align(self.start, measure.period, self.now), ..*self };
            let series = asked.series(store, measure)?;
            points += series.points.len();
            if points > MOST_POINTS {
                return Err(Unanswered::TooMuch);
            }
            values.insert(query.id.clone(), Value::Series(series.clone()));
            metrics.push((query.id.clone(), series));
        }
        let period = queries.iter().filter_map(Query::measure).map(|measure| measure.period).max().unwrap_or(60);
        let window = Window { start: align(self.start, period, self.now), end: self.end, period };
        self.expressions(queries, &metrics, &mut values, window)?;
        let mut answers = Vec::new();
        for query in queries.iter().filter(|query| query.is_returned) {
            match values.get(&query.id) {
                Some(Value::Series(series)) => answers.push((query, vec![series.clone()])),
                Some(Value::Many(all)) => answers.push((query, all.clone())),
                _ => return Err(Unanswered::NoSeries(query.id.clone())),
            }
        }
        Ok(answers)
    }

    /// Each expression after those that it names: there are no circles.
    fn expressions(
        &self,
        queries: &[Query],
        metrics: &[(String, Series)],
        values: &mut BTreeMap<String, Value>,
        window: Window,
    ) -> Result<(), Unanswered> {
        let mut waiting: Vec<_> = queries.iter().filter_map(|query| Some((query, query.expression()?))).collect();
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut later = Vec::new();
            for (query, expression) in waiting {
                if !expression.ids().iter().all(|id| values.contains_key(*id)) {
                    later.push((query, expression));
                    continue;
                }
                let scope = Scope { values, metrics, window };
                let value = math::evaluate(&expression, &scope)
                    .map_err(|wrong| Unanswered::Expression { id: query.id.clone(), wrong })?;
                values.insert(query.id.clone(), value);
            }
            if later.len() == before {
                return Err(Unanswered::NoSeries(later.swap_remove(0).0.id.clone()));
            }
            waiting = later;
        }
        Ok(())
    }
}

/// Where the first period begins (*API reference, GetMetricStatistics: StartTime*).
pub(crate) fn align(start: i64, period: i64, now: i64) -> i64 {
    const DAY: i64 = 24 * 3600;
    let step = match now - start {
        ..10_800 if period < 60 => period,
        age if age < 15 * DAY => 60,
        age if age < 63 * DAY => 300,
        _ => 3600,
    };
    start - start.rem_euclid(step)
}
