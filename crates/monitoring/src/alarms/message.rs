//! What topics are told of a transition (*User guide, Notify users on alarm changes*).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::model::{Alarm, Kind, Measure, MetricRule, Query, Source, State, StateValue, Watched};

/// Regions by the names that subjects have.
const REGIONS: [(&str, &str); 8] = [
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
    ("eu-west-1", "EU (Ireland)"),
    ("eu-central-1", "EU (Frankfurt)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
];

/// `2026-01-02T03:04:05.000+0000`
pub(crate) fn iso_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

fn region_name(region: &str) -> &str {
    REGIONS.iter().find(|(code, _)| *code == region).map_or(region, |(_, name)| name)
}

/// `ALARM: "cpu" in US East (N. Virginia)`
pub(super) fn subject(alarm: &Alarm, region: &str) -> String {
    let subject = format!("{}: \"{}\" in {}", alarm.state.value.name(), alarm.name, region_name(region));
    // Longer ones and others than these are no subjects to SNS.
    subject.chars().filter(|c| (' '..='~').contains(c)).take(100).collect()
}

/// `alarm` is already in its new state; `children` are those that a composite alarm names, in ALARM or whatever led to it.
pub(super) fn body(alarm: &Alarm, old: StateValue, region: &str, children: &[(String, State)]) -> Value {
    let mut body = json!({
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": alarm.account,
        "AlarmConfigurationUpdatedTimestamp": iso_time(alarm.configured),
        "NewStateValue": alarm.state.value.name(),
        "NewStateReason": alarm.state.reason,
        "StateChangeTime": iso_time(alarm.state.updated),
        "Region": region_name(region),
        "AlarmArn": alarm.arn,
        "OldStateValue": old.name(),
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    });
    match &alarm.kind {
        Kind::Metric(rule) => body["Trigger"] = trigger(rule),
        Kind::Composite(composite) => {
            let children = children.iter().map(|(arn, state)| {
                json!({"Arn": arn, "State": {"Value": state.value.name(), "Timestamp": iso_time(state.transitioned)}})
            });
            body["AlarmRule"] = json!(composite.rule);
            body["TriggeringChildren"] = children.collect();
        }
    }
    body
}

fn trigger(rule: &MetricRule) -> Value {
    let mut trigger = json!({
        "Period": rule.period(),
        "EvaluationPeriods": rule.evaluation_periods,
        "DatapointsToAlarm": rule.datapoints_to_alarm,
        "ComparisonOperator": rule.comparison.name(),
        "Threshold": rule.threshold,
        "TreatMissingData": rule.missing_text.as_deref().unwrap_or("missing"),
        "EvaluateLowSampleCountPercentile": "",
    });
    match &rule.watched {
        Watched::One(measure) => {
            trigger["MetricName"] = json!(measure.name);
            trigger["Namespace"] = json!(measure.namespace);
            trigger["Unit"] = json!(measure.unit);
            trigger["Dimensions"] = dimensions(measure);
            match simple(&measure.statistic) {
                Some(name) => {
                    trigger["StatisticType"] = json!("Statistic");
                    trigger["Statistic"] = json!(name);
                }
                None => {
                    trigger["StatisticType"] = json!("ExtendedStatistic");
                    trigger["ExtendedStatistic"] = json!(measure.statistic);
                }
            }
        }
        Watched::Math(queries) => trigger["Metrics"] = queries.iter().map(query).collect(),
    }
    trigger
}

fn query(query: &Query) -> Value {
    let mut shown = json!({"Id": query.id, "Label": query.label, "ReturnData": query.is_returned});
    match &query.source {
        Source::Expression(text) => shown["Expression"] = json!(text),
        Source::Metric(measure) => {
            shown["MetricStat"] = json!({
                "Metric": {
                    "Dimensions": dimensions(measure),
                    "MetricName": measure.name,
                    "Namespace": measure.namespace,
                },
                "Period": measure.period,
                "Stat": measure.statistic,
                "Unit": measure.unit,
            });
        }
    }
    shown
}

fn dimensions(measure: &Measure) -> Value {
    measure.dimensions.iter().map(|(name, value)| json!({"value": value, "name": name})).collect()
}

/// As these messages write it.
fn simple(statistic: &str) -> Option<&'static str> {
    match statistic {
        "SampleCount" => Some("SAMPLE_COUNT"),
        "Average" => Some("AVERAGE"),
        "Sum" => Some("SUM"),
        "Minimum" => Some("MINIMUM"),
        "Maximum" => Some("MAXIMUM"),
        _ => None,
    }
}
