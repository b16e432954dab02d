//! GetMetricStatistics.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::cloudwatch::{Datapoint, GetMetricStatisticsInput, GetMetricStatisticsOutput};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::CloudWatch;
use crate::compute::align;
use crate::errors::Error;
use crate::model::from_dimensions;
use crate::series::{MetricId, Window};
use crate::statistics::{Aggregate, Simple, Statistic};

/// Datapoints of an answer.
const AT_MOST: i64 = 1_440;

pub(super) async fn get_metric_statistics(
    state: Arc<CloudWatch>,
    call: Call,
    input: GetMetricStatisticsInput,
) -> Result<GetMetricStatisticsOutput, freehold_wire::Error> {
    let now = state.now().as_second();
    let window = window(&input, now)?;
    let statistics = statistics(&input)?;
    let label = input.metric_name.clone();
    let metric = MetricId::new(
        call.account(),
        &input.namespace.unwrap_or_default(),
        &input.metric_name.unwrap_or_default(),
        from_dimensions(input.dimensions)?,
    );
    let unit = input.unit;
    let asked: Vec<Statistic> = statistics.iter().map(|(_, statistic)| *statistic).collect();
    let buckets = state.read(move |series| series.buckets(&metric, unit.as_deref(), window, &asked, now)).await?;
    let mut datapoints: Vec<_> =
        buckets.iter().filter_map(|((unit, at), aggregate)| datapoint(&statistics, unit, *at, aggregate)).collect();
    datapoints.sort_by_key(|datapoint| datapoint.timestamp);
    Ok(GetMetricStatisticsOutput { label, datapoints: Some(datapoints) })
}

fn window(input: &GetMetricStatisticsInput, now: i64) -> Result<Window, Error> {
    let period = i64::from(input.period.unwrap_or_default());
    if !matches!(period, 1 | 5 | 10 | 20 | 30) && period % 60 != 0 {
        return Err(Error::InvalidParameterValue(
            "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.".into(),
        ));
    }
    let seconds = |time: Option<Timestamp>| time.map_or(0, Timestamp::as_second);
    let (start, end) = (seconds(input.start_time), seconds(input.end_time));
    if start >= end {
        return Err(Error::InvalidParameterCombination(
            "The parameter StartTime must be less than the parameter EndTime.".into(),
        ));
    }
    let window = Window { start: align(start, period, now), end, period };
    let asked = (end - start + period - 1) / period;
    if asked > AT_MOST {
        return Err(Error::InvalidParameterCombination(format!(
            "You have requested up to {asked} datapoints, which exceeds the limit of {AT_MOST}. You may reduce the \
             datapoints requested by increasing Period, or decreasing the time range."
        )));
    }
    Ok(window)
}

fn statistics(input: &GetMetricStatisticsInput) -> Result<Vec<(String, Statistic)>, Error> {
    let named = |name: &String| {
        let statistic = Statistic::parse(name);
        statistic.map(|statistic| (name.clone(), statistic)).ok_or_else(|| {
            Error::InvalidParameterValue(format!("The value {name} for parameter ExtendedStatistics is not supported."))
        })
    };
    match (&input.statistics, &input.extended_statistics) {
        (Some(_), Some(_)) => Err(Error::InvalidParameterCombination(
            "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both."
                .into(),
        )),
        (Some(names), None) => names.iter().map(named).collect(),
        (None, Some(names)) => match names.iter().find(|name| Statistic::extended(name).is_none()) {
            Some(name) => Err(Error::InvalidParameterValue(format!(
                "The value {name} for parameter ExtendedStatistics is not supported."
            ))),
            None => names.iter().map(named).collect(),
        },
        (None, None) => Err(Error::InvalidParameterCombination(
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.".into(),
        )),
    }
}

/// `None` where nothing is known of what is asked: percentiles of statistic sets.
fn datapoint(statistics: &[(String, Statistic)], unit: &str, at: i64, aggregate: &Aggregate) -> Option<Datapoint> {
    let mut datapoint =
        Datapoint { timestamp: Timestamp::from_second(at).ok(), unit: Some(unit.to_owned()), ..Datapoint::default() };
    let mut extended = BTreeMap::new();
    for (name, statistic) in statistics {
        let value = statistic.of(aggregate);
        match statistic {
            Statistic::Simple(Simple::SampleCount) => datapoint.sample_count = value,
            Statistic::Simple(Simple::Average) => datapoint.average = value,
            Statistic::Simple(Simple::Sum) => datapoint.sum = value,
            Statistic::Simple(Simple::Minimum) => datapoint.minimum = value,
            Statistic::Simple(Simple::Maximum) => datapoint.maximum = value,
            _ => extended.extend(value.map(|value| (name.clone(), value))),
        }
    }
    let is_extended = statistics.iter().any(|(_, statistic)| !matches!(statistic, Statistic::Simple(_)));
    if is_extended && extended.is_empty() {
        return None;
    }
    datapoint.extended_statistics = is_extended.then_some(extended);
    Some(datapoint)
}
