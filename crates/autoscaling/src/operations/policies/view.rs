//! How policies are shown.

use freehold_api::autoscaling as api;

use crate::model::{Adjustment, Policy, Query, Rule, Step, TrackedMetric, Tracking};
use crate::operations::show::int;

/// `alarms`: names and ARNs.
pub(super) fn policy(policy: &Policy, alarms: Vec<(String, String)>) -> api::ScalingPolicy {
    let common = api::ScalingPolicy {
        auto_scaling_group_name: Some(policy.group_name.clone()),
        policy_name: Some(policy.name.clone()),
        policy_arn: Some(policy.arn.clone()),
        policy_type: Some(policy.kind().into()),
        alarms: Some(alarms.into_iter().map(alarm).collect()),
        enabled: Some(policy.enabled),
        step_adjustments: Some(Vec::new()),
        ..Default::default()
    };
    match &policy.rule {
        Rule::Simple { adjustment, by, cooldown } => api::ScalingPolicy {
            scaling_adjustment: Some(*by),
            cooldown: cooldown.and_then(int),
            ..adjusted(common, adjustment)
        },
        Rule::Step { adjustment, steps, aggregation, warmup } => api::ScalingPolicy {
            step_adjustments: Some(steps.iter().map(step).collect()),
            metric_aggregation_type: Some(aggregation.clone()),
            estimated_instance_warmup: warmup.and_then(int),
            ..adjusted(common, adjustment)
        },
        Rule::Tracking(tracking) => api::ScalingPolicy {
            estimated_instance_warmup: tracking.warmup.and_then(int),
            target_tracking_configuration: Some(self::tracking(tracking)),
            ..common
        },
    }
}

pub(super) fn alarm((name, arn): (String, String)) -> api::Alarm {
    api::Alarm { alarm_name: Some(name), alarm_arn: Some(arn) }
}

fn adjusted(common: api::ScalingPolicy, adjustment: &Adjustment) -> api::ScalingPolicy {
    api::ScalingPolicy {
        adjustment_type: Some(adjustment.kind.name().into()),
        min_adjustment_magnitude: adjustment.min_magnitude.and_then(int),
        ..common
    }
}

fn step(step: &Step) -> api::StepAdjustment {
    api::StepAdjustment {
        metric_interval_lower_bound: step.lower,
        metric_interval_upper_bound: step.upper,
        scaling_adjustment: Some(step.by),
    }
}

fn tracking(tracking: &Tracking) -> api::TargetTrackingConfiguration {
    let common = api::TargetTrackingConfiguration {
        target_value: Some(tracking.target),
        disable_scale_in: Some(tracking.disable_scale_in),
        ..Default::default()
    };
    let custom = |specification| api::TargetTrackingConfiguration {
        customized_metric_specification: Some(specification),
        ..common.clone()
    };
    match &tracking.metric {
        TrackedMetric::Predefined { kind, label } => api::TargetTrackingConfiguration {
            predefined_metric_specification: Some(api::PredefinedMetricSpecification {
                predefined_metric_type: Some(kind.clone()),
                resource_label: label.clone(),
            }),
            ..common
        },
        TrackedMetric::Custom { name, namespace, dimensions: its, statistic, unit, period } => {
            custom(api::CustomizedMetricSpecification {
                metric_name: Some(name.clone()),
                namespace: Some(namespace.clone()),
                dimensions: Some(dimensions(its)),
                statistic: Some(statistic.clone()),
                unit: unit.clone(),
                period: *period,
                metrics: None,
            })
        }
        TrackedMetric::Queries(queries) => custom(api::CustomizedMetricSpecification {
            metrics: Some(queries.iter().map(query).collect()),
            ..Default::default()
        }),
    }
}

fn dimensions(all: &[(String, String)]) -> Vec<api::MetricDimension> {
    let dimension = |(name, value): &(String, String)| api::MetricDimension {
        name: Some(name.clone()),
        value: Some(value.clone()),
    };
    all.iter().map(dimension).collect()
}

fn query(query: &Query) -> api::TargetTrackingMetricDataQuery {
    let stat = query.stat.as_ref().map(|stat| api::TargetTrackingMetricStat {
        metric: Some(api::Metric {
            namespace: Some(stat.namespace.clone()),
            metric_name: Some(stat.name.clone()),
            dimensions: Some(dimensions(&stat.dimensions)),
        }),
        stat: Some(stat.stat.clone()),
        unit: stat.unit.clone(),
        period: stat.period,
    });
    api::TargetTrackingMetricDataQuery {
        id: Some(query.id.clone()),
        expression: query.expression.clone(),
        metric_stat: stat,
        label: query.label.clone(),
        period: query.period,
        return_data: query.return_data,
    }
}
