//! One datum of PutMetricData, checked (*API reference, MetricDatum*).

use std::sync::Arc;

use freehold_api::cloudwatch::{MetricDatum, StatisticSet};
use jiff::Timestamp;

use crate::errors::Error;
use crate::model::from_dimensions;
use crate::series::{Measurement, MetricId};
use crate::statistics::Aggregate;

/// Values in a datum.
const VALUES: usize = 150;
/// Seconds that a time may be before and after now.
const PAST: i64 = 14 * 24 * 3600;
const FUTURE: i64 = 2 * 3600;

/// `place` names it in errors: `MetricData.member.1`.
pub(super) fn read(
    account: &str,
    namespace: &str,
    place: &str,
    datum: MetricDatum,
    now: Timestamp,
) -> Result<Measurement, Error> {
    let at = match datum.timestamp {
        None => now.as_second(),
        Some(at) => time(place, at.as_second(), now.as_second())?,
    };
    let resolution = match datum.storage_resolution {
        None | Some(60) => 60,
        Some(1) => 1,
        Some(other) => return Err(invalid(place, "StorageResolution", other)),
    };
    let dimensions = from_dimensions(datum.dimensions)?;
    let metric = MetricId::new(account, namespace, &datum.metric_name.unwrap_or_default(), dimensions);
    let aggregate = aggregate(place, datum.value, datum.statistic_values, datum.values, datum.counts)?;
    let unit = datum.unit.unwrap_or_else(|| "None".to_owned());
    Ok(Measurement { metric: Arc::new(metric), at, resolution, unit, aggregate })
}

fn invalid(place: &str, name: &str, value: impl std::fmt::Display) -> Error {
    Error::InvalidParameterValue(format!("The value {value} for parameter {place}.{name} is invalid."))
}

fn time(place: &str, at: i64, now: i64) -> Result<i64, Error> {
    if at > now + FUTURE {
        return Err(Error::InvalidParameterValue(format!(
            "The parameter {place}.Timestamp must specify a time no more than two hours in the future."
        )));
    }
    if at < now - PAST {
        return Err(Error::InvalidParameterValue(format!(
            "The parameter {place}.Timestamp must specify a time within the past two weeks."
        )));
    }
    Ok(at)
}

fn aggregate(
    place: &str,
    value: Option<f64>,
    set: Option<StatisticSet>,
    values: Option<Vec<f64>>,
    counts: Option<Vec<f64>>,
) -> Result<Aggregate, Error> {
    let both = |one: &str, other: &str| {
        Error::InvalidParameterCombination(format!(
            "The parameters {place}.{one} and {place}.{other} are mutually exclusive and you have specified both."
        ))
    };
    match (value, set, values) {
        (Some(_), Some(_), _) => Err(both("Value", "StatisticValues")),
        (Some(_), _, Some(_)) => Err(both("Value", "Values")),
        (_, Some(_), Some(_)) => Err(both("StatisticValues", "Values")),
        (_, _, None) if counts.is_some() => Err(Error::InvalidParameterCombination(format!(
            "The parameter {place}.Counts needs the parameter {place}.Values."
        ))),
        (Some(value), None, None) => Ok(Aggregate::of(number(place, "Value", value)?, 1.0)),
        (None, Some(set), None) => statistic_set(place, &set),
        (None, None, Some(values)) => several(place, &values, counts),
        (None, None, None) => Err(Error::MissingParameter(format!("{place}.Value"))),
    }
}

fn statistic_set(place: &str, set: &StatisticSet) -> Result<Aggregate, Error> {
    let part =
        |name: &str, value: Option<f64>| number(place, &format!("StatisticValues.{name}"), value.unwrap_or_default());
    let count = part("SampleCount", set.sample_count)?;
    let (sum, minimum, maximum) = (part("Sum", set.sum)?, part("Minimum", set.minimum)?, part("Maximum", set.maximum)?);
    if count <= 0.0 {
        return Err(invalid(place, "StatisticValues.SampleCount", count));
    }
    if minimum > maximum {
        return Err(Error::InvalidParameterCombination(format!(
            "The parameter {place}.StatisticValues.Maximum must be greater than or equal to {place}.StatisticValues.Minimum."
        )));
    }
    Ok(Aggregate::set(count, sum, minimum, maximum))
}

fn several(place: &str, values: &[f64], counts: Option<Vec<f64>>) -> Result<Aggregate, Error> {
    if values.len() > VALUES {
        return Err(Error::InvalidParameterValue(format!(
            "The collection {place}.Values must not have a size greater than {VALUES}."
        )));
    }
    let counts = counts.unwrap_or_else(|| vec![1.0; values.len()]);
    if counts.len() != values.len() {
        return Err(Error::InvalidParameterCombination(format!(
            "The parameters {place}.Values and {place}.Counts must be of the same size."
        )));
    }
    let mut ones = Vec::with_capacity(values.len());
    for (value, count) in values.iter().zip(counts) {
        if !count.is_finite() || count <= 0.0 {
            return Err(invalid(place, "Counts", count));
        }
        ones.push(Aggregate::of(number(place, "Values", *value)?, count));
    }
    Aggregate::all(&ones).ok_or_else(|| Error::MissingParameter(format!("{place}.Values")))
}

/// From -2^360 to 2^360, and no special ones.
fn number(place: &str, name: &str, value: f64) -> Result<f64, Error> {
    if value.is_finite() && value.abs() <= 2f64.powi(360) { Ok(value) } else { Err(invalid(place, name, value)) }
}
