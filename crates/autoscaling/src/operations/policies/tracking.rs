//! What a policy that tracks a target is told.

use freehold_api::autoscaling::{
    CustomizedMetricSpecification, MetricDimension, PredefinedMetricSpecification, PutScalingPolicyType,
    TargetTrackingMetricDataQuery,
};

use super::rule::warmup;
use crate::errors::{Error, Result};
use crate::model::{Query, QueryStat, TrackedMetric, Tracking};
use crate::operations::check;

const PREDEFINED: [&str; 4] =
    ["ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut", "ALBRequestCountPerTarget"];
const STATISTICS: [&str; 5] = ["Average", "Minimum", "Maximum", "SampleCount", "Sum"];
/// Seconds (*API reference, CustomizedMetricSpecification: Period*).
const PERIODS: [i32; 3] = [10, 30, 60];

pub(super) fn tracking(input: &PutScalingPolicyType) -> Result<Tracking> {
    let said = input.target_tracking_configuration.clone().ok_or_else(|| {
        Error::validation("TargetTrackingConfiguration must be specified for policies of type TargetTrackingScaling.")
    })?;
    let target = said.target_value.filter(|target| target.is_finite() && *target > 0.0);
    let target = target.ok_or_else(|| Error::validation("TargetValue must be greater than zero."))?;
    let metric = match (said.predefined_metric_specification, said.customized_metric_specification) {
        (Some(predefined), None) => self::predefined(predefined)?,
        (None, Some(custom)) => self::custom(custom)?,
        _ => {
            return Err(Error::validation(
                "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified.",
            ));
        }
    };
    Ok(Tracking { metric, target, disable_scale_in: said.disable_scale_in.unwrap_or(false), warmup: warmup(input)? })
}

fn predefined(said: PredefinedMetricSpecification) -> Result<TrackedMetric> {
    let kind = said.predefined_metric_type.unwrap_or_default();
    if !PREDEFINED.contains(&kind.as_str()) {
        return Err(Error::validation(format!(
            "Invalid predefined metric type: {kind}. Valid values are: {PREDEFINED:?}"
        )));
    }
    let label = said.resource_label.filter(|label| !label.is_empty());
    let is_of_balancer = kind == "ALBRequestCountPerTarget";
    let fits = match &label {
        Some(label) => is_of_balancer && label.starts_with("app/") && label.contains("/targetgroup/"),
        None => !is_of_balancer,
    };
    if fits {
        return Ok(TrackedMetric::Predefined { kind, label });
    }
    Err(Error::validation(format!(
        "The resource label '{}' is not valid for {kind}: \
         app/<load-balancer-name>/<load-balancer-id>/targetgroup/<target-group-name>/<target-group-id> is the form for \
         ALBRequestCountPerTarget, and no other metric has one.",
        label.unwrap_or_default()
    )))
}

fn custom(said: CustomizedMetricSpecification) -> Result<TrackedMetric> {
    if let Some(queries) = said.metrics.filter(|queries| !queries.is_empty()) {
        return Ok(TrackedMetric::Queries(queries.into_iter().map(query).collect::<Result<_>>()?));
    }
    let statistic = said.statistic.unwrap_or_default();
    if !STATISTICS.contains(&statistic.as_str()) {
        return Err(Error::validation(format!("Invalid statistic: {statistic}. Valid values are: {STATISTICS:?}")));
    }
    Ok(TrackedMetric::Custom {
        name: check::required("CustomizedMetricSpecification.MetricName", said.metric_name)?,
        namespace: check::required("CustomizedMetricSpecification.Namespace", said.namespace)?,
        dimensions: dimensions(said.dimensions),
        statistic,
        unit: said.unit,
        period: period(said.period)?,
    })
}

fn period(said: Option<i32>) -> Result<Option<i32>> {
    match said {
        Some(seconds) if !PERIODS.contains(&seconds) => {
            Err(Error::validation(format!("Invalid period: {seconds}. Valid values are: {PERIODS:?}")))
        }
        said => Ok(said),
    }
}

fn dimensions(said: Option<Vec<MetricDimension>>) -> Vec<(String, String)> {
    let said = said.unwrap_or_default().into_iter();
    said.map(|one| (one.name.unwrap_or_default(), one.value.unwrap_or_default())).collect()
}

fn query(said: TargetTrackingMetricDataQuery) -> Result<Query> {
    if said.expression.is_some() == said.metric_stat.is_some() {
        return Err(Error::validation("Each metric data query must have either an Expression or a MetricStat."));
    }
    let stat = said.metric_stat.map(|stat| {
        let metric = stat.metric.unwrap_or_default();
        Ok::<_, Error>(QueryStat {
            name: check::required("MetricStat.Metric.MetricName", metric.metric_name)?,
            namespace: check::required("MetricStat.Metric.Namespace", metric.namespace)?,
            dimensions: dimensions(metric.dimensions),
            stat: check::required("MetricStat.Stat", stat.stat)?,
            unit: stat.unit,
            period: period(stat.period)?,
        })
    });
    Ok(Query {
        id: check::required("Metrics.Id", said.id)?,
        expression: said.expression,
        label: said.label,
        period: period(said.period)?,
        return_data: said.return_data,
        stat: stat.transpose()?,
    })
}
