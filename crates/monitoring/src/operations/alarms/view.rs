//! Alarms as the API shows them.

use freehold_api::cloudwatch::{CompositeAlarm, MetricAlarm};
use serde_json::{Value, json};

use crate::model::{Alarm, Composite, LowSamples, MetricRule, Query, Watched, to_dimensions};
use crate::statistics::{Simple, Statistic};

pub(super) fn metric_alarm(alarm: &Alarm, rule: &MetricRule) -> MetricAlarm {
    let mut shown = MetricAlarm {
        alarm_name: Some(alarm.name.clone()),
        alarm_arn: Some(alarm.arn.clone()),
        alarm_description: alarm.description.clone(),
        alarm_configuration_updated_timestamp: Some(alarm.configured),
        actions_enabled: Some(alarm.is_acting),
        ok_actions: Some(alarm.ok_actions.clone()),
        alarm_actions: Some(alarm.alarm_actions.clone()),
        insufficient_data_actions: Some(alarm.insufficient_data_actions.clone()),
        state_value: Some(alarm.state.value.name().to_owned()),
        state_reason: Some(alarm.state.reason.clone()),
        state_reason_data: alarm.state.reason_data.clone(),
        state_updated_timestamp: Some(alarm.state.updated),
        state_transitioned_timestamp: Some(alarm.state.transitioned),
        evaluation_state: alarm.state.evaluation.clone(),
        dimensions: Some(Vec::new()),
        evaluation_periods: i32::try_from(rule.evaluation_periods).ok(),
        datapoints_to_alarm: rule
            .has_datapoints
            .then_some(rule.datapoints_to_alarm)
            .and_then(|count| count.try_into().ok()),
        threshold: Some(rule.threshold),
        comparison_operator: Some(rule.comparison.name().to_owned()),
        treat_missing_data: rule.missing_text.clone(),
        evaluate_low_sample_count_percentile: rule.low_samples.map(|low| match low {
            LowSamples::Evaluate => "evaluate".to_owned(),
            LowSamples::Ignore => "ignore".to_owned(),
        }),
        ..Default::default()
    };
    match &rule.watched {
        Watched::Math(queries) => shown.metrics = Some(queries.iter().map(Query::to_api).collect()),
        Watched::One(measure) => {
            shown.metric_name = Some(measure.name.clone());
            shown.namespace = Some(measure.namespace.clone());
            shown.dimensions = Some(to_dimensions(&measure.dimensions));
            shown.period = measure.period.try_into().ok();
            shown.unit = measure.unit.clone();
            let is_simple = is_simple(&measure.statistic);
            let statistic = Some(measure.statistic.clone());
            (shown.statistic, shown.extended_statistic) = if is_simple { (statistic, None) } else { (None, statistic) };
        }
    }
    shown
}

/// Whether it is one of `Statistic`, not of `ExtendedStatistic`.
pub(super) fn is_simple(statistic: &str) -> bool {
    let simple: Option<Simple> = match Statistic::parse(statistic) {
        Some(Statistic::Simple(simple)) => Some(simple),
        _ => None,
    };
    simple.is_some()
}

pub(super) fn composite_alarm(alarm: &Alarm, composite: &Composite) -> CompositeAlarm {
    let suppressor = composite.suppressor.as_ref();
    let suppressed_by = composite.suppression.name();
    CompositeAlarm {
        alarm_name: Some(alarm.name.clone()),
        alarm_arn: Some(alarm.arn.clone()),
        alarm_description: alarm.description.clone(),
        alarm_configuration_updated_timestamp: Some(alarm.configured),
        alarm_rule: Some(composite.rule.clone()),
        actions_enabled: Some(alarm.is_acting),
        ok_actions: Some(alarm.ok_actions.clone()),
        alarm_actions: Some(alarm.alarm_actions.clone()),
        insufficient_data_actions: Some(alarm.insufficient_data_actions.clone()),
        state_value: Some(alarm.state.value.name().to_owned()),
        state_reason: Some(alarm.state.reason.clone()),
        state_reason_data: alarm.state.reason_data.clone(),
        state_updated_timestamp: Some(alarm.state.updated),
        state_transitioned_timestamp: Some(alarm.state.transitioned),
        actions_suppressed_by: suppressed_by.map(str::to_owned),
        actions_suppressed_reason: suppressed_by.map(|by| format!("Actions suppressed by {by}")),
        actions_suppressor: suppressor.map(|one| one.alarm.clone()),
        actions_suppressor_wait_period: suppressor.and_then(|one| one.wait.try_into().ok()),
        actions_suppressor_extension_period: suppressor.and_then(|one| one.extension.try_into().ok()),
        action_configuration: None,
    }
}

/// What history keeps of a configuration.
pub(super) fn summary(alarm: &Alarm) -> Value {
    let mut shown = json!({
        "alarmName": alarm.name,
        "alarmArn": alarm.arn,
        "alarmDescription": alarm.description,
        "actionsEnabled": alarm.is_acting,
        "okActions": alarm.ok_actions,
        "alarmActions": alarm.alarm_actions,
        "insufficientDataActions": alarm.insufficient_data_actions,
    });
    if let Some(composite) = alarm.composite() {
        shown["alarmRule"] = json!(composite.rule);
    }
    if let Some(rule) = alarm.metric_rule() {
        shown["threshold"] = json!(rule.threshold);
        shown["comparisonOperator"] = json!(rule.comparison.name());
        shown["evaluationPeriods"] = json!(rule.evaluation_periods);
        shown["datapointsToAlarm"] = json!(rule.datapoints_to_alarm);
        shown["period"] = json!(rule.period());
        if let Some(measure) = rule.measure() {
            shown["metricName"] = json!(measure.name);
            shown["namespace"] = json!(measure.namespace);
            shown["statistic"] = json!(measure.statistic);
        }
    }
    shown
}
