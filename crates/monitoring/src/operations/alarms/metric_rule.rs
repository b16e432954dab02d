//! What a metric alarm watches and when it is alarming, checked (*API reference, PutMetricAlarm*).

use freehold_api::cloudwatch::PutMetricAlarmInput;

use crate::errors::Error;
use crate::model::{Comparison, LowSamples, Measure, MetricRule, Missing, Query, Watched, from_dimensions};
use crate::statistics::Statistic;

const DAY: i64 = 24 * 3600;

pub(super) fn read(account: &str, input: &mut PutMetricAlarmInput) -> Result<MetricRule, Error> {
    refuse_what_is_not_here(input)?;
    let watched = match input.metrics.take() {
        Some(metrics) => math(account, input, metrics)?,
        None => Watched::One(one(input)?),
    };
    let comparison = comparison(input.comparison_operator.as_deref())?;
    let threshold = input.threshold.ok_or_else(|| Error::MissingParameter("Threshold".into()))?;
    if !threshold.is_finite() {
        return Err(Error::Validation("The parameter Threshold must be a number.".into()));
    }
    let missing_text = input.treat_missing_data.take();
    let missing = match &missing_text {
        None => Missing::Unknown,
        Some(text) => Missing::parse(text).ok_or_else(|| {
            Error::Validation(format!("Option {text} is not supported for TreatMissingData. Supported options: breaching, notBreaching, ignore, missing"))
        })?,
    };
    let (evaluation_periods, datapoints_to_alarm) = periods(input)?;
    let low_samples = low_samples(input, &watched)?;
    let rule = MetricRule {
        watched,
        evaluation_periods,
        datapoints_to_alarm,
        has_datapoints: input.datapoints_to_alarm.is_some(),
        threshold,
        comparison,
        missing,
        missing_text,
        low_samples,
    };
    check_span(&rule)?;
    Ok(rule)
}

fn refuse_what_is_not_here(input: &PutMetricAlarmInput) -> Result<(), Error> {
    for (name, is_there) in [
        ("ThresholdMetricId", input.threshold_metric_id.is_some()),
        ("EvaluationWindow", input.evaluation_window.is_some()),
        ("WarmUpConfiguration", input.warm_up_configuration.is_some()),
        ("EvaluationCriteria", input.evaluation_criteria.is_some()),
        ("EvaluationInterval", input.evaluation_interval.is_some()),
        ("ActionConfiguration", input.action_configuration.is_some()),
    ] {
        if is_there {
            return Err(Error::not_here(name));
        }
    }
    Ok(())
}

fn comparison(name: Option<&str>) -> Result<Comparison, Error> {
    let name = name.ok_or_else(|| Error::MissingParameter("ComparisonOperator".into()))?;
    Comparison::parse(name).ok_or_else(|| {
        Error::Validation(format!(
            "Freehold does not have alarms of anomaly detection yet, and {name} is for those only."
        ))
    })
}

/// A metric of the request's own members.
fn one(input: &mut PutMetricAlarmInput) -> Result<Measure, Error> {
    let need = |value: Option<String>, name: &str| value.ok_or_else(|| Error::MissingParameter(name.to_owned()));
    let statistic = match (input.statistic.take(), input.extended_statistic.take()) {
        (Some(statistic), None) => statistic,
        (None, Some(extended)) if Statistic::extended(&extended).is_some() => extended,
        (None, Some(extended)) => {
            return Err(Error::Validation(format!(
                "The value {extended} for parameter ExtendedStatistic is not supported."
            )));
        }
        (Some(_), Some(_)) => {
            return Err(Error::InvalidParameterCombination(
                "The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both."
                    .into(),
            ));
        }
        (None, None) => return Err(Error::MissingParameter("Statistic".into())),
    };
    let period = i64::from(input.period.ok_or_else(|| Error::MissingParameter("Period".into()))?);
    check_period("Period", period)?;
    Ok(Measure {
        namespace: need(input.namespace.take(), "Namespace")?,
        name: need(input.metric_name.take(), "MetricName")?,
        dimensions: from_dimensions(input.dimensions.take())?,
        period,
        statistic,
        unit: input.unit.take(),
    })
}

/// Seconds that alarms may have for a period.
fn check_period(name: &str, period: i64) -> Result<(), Error> {
    if matches!(period, 10 | 20 | 30) || period % 60 == 0 {
        return Ok(());
    }
    Err(Error::Validation(format!("{name} must be 10, 20, 30 or a multiple of 60; it is {period}.")))
}

fn math(
    account: &str,
    input: &PutMetricAlarmInput,
    metrics: Vec<freehold_api::cloudwatch::MetricDataQuery>,
) -> Result<Watched, Error> {
    for (name, is_there) in [
        ("MetricName", input.metric_name.is_some()),
        ("Namespace", input.namespace.is_some()),
        ("Dimensions", input.dimensions.as_ref().is_some_and(|dimensions| !dimensions.is_empty())),
        ("Period", input.period.is_some()),
        ("Unit", input.unit.is_some()),
        ("Statistic", input.statistic.is_some()),
        ("ExtendedStatistic", input.extended_statistic.is_some()),
    ] {
        if is_there {
            return Err(Error::Validation(format!("{name} must not be specified together with Metrics.")));
        }
    }
    if metrics.is_empty() || metrics.len() > 20 {
        return Err(Error::Validation("The collection Metrics must have between 1 and 20 elements.".into()));
    }
    let queries = Query::read_all(account, "Metrics", metrics)?;
    if queries.iter().filter(|query| query.is_returned).count() != 1 {
        return Err(Error::Validation("Exactly one element of the metrics list should return data.".into()));
    }
    let mut periods: Vec<i64> = queries.iter().filter_map(Query::measure).map(|measure| measure.period).collect();
    periods.dedup();
    match periods[..] {
        [] => Err(Error::Validation("An alarm needs at least one metric.".into())),
        [period] => check_period("Period", period).map(|()| Watched::Math(queries)),
        _ => Err(Error::Validation("All metrics of an alarm must have the same period.".into())),
    }
}

fn periods(input: &PutMetricAlarmInput) -> Result<(u32, u32), Error> {
    let count = |value: i32| u32::try_from(value).unwrap_or(1);
    let periods = count(input.evaluation_periods.ok_or_else(|| Error::MissingParameter("EvaluationPeriods".into()))?);
    let to_alarm = input.datapoints_to_alarm.map_or(periods, count);
    if to_alarm > periods {
        return Err(Error::Validation(format!(
            "DatapointsToAlarm must be less than or equal to EvaluationPeriods; it is {to_alarm} of {periods}."
        )));
    }
    Ok((periods, to_alarm))
}

fn low_samples(input: &PutMetricAlarmInput, watched: &Watched) -> Result<Option<LowSamples>, Error> {
    let Some(text) = &input.evaluate_low_sample_count_percentile else { return Ok(None) };
    let is_percentile = matches!(watched, Watched::One(measure) if Statistic::extended(&measure.statistic).is_some());
    match text.as_str() {
        _ if !is_percentile => Err(Error::Validation(
            "EvaluateLowSampleCountPercentile can be specified only for alarms of an extended statistic.".into(),
        )),
        "evaluate" => Ok(Some(LowSamples::Evaluate)),
        "ignore" => Ok(Some(LowSamples::Ignore)),
        _ => Err(Error::Validation(format!("Option {text} is not supported for EvaluateLowSampleCountPercentile."))),
    }
}

fn check_span(rule: &MetricRule) -> Result<(), Error> {
    let span = rule.period().saturating_mul(i64::from(rule.evaluation_periods));
    if rule.period() < 3600 && span > DAY {
        return Err(Error::Validation(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).".into(),
        ));
    }
    if span > 7 * DAY {
        return Err(Error::Validation(
            "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800).".into(),
        ));
    }
    Ok(())
}
