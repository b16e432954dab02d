//! What functions are told of a transition (*User guide, Invoke a Lambda function from an alarm*).

use serde_json::{Value, json};

use super::message::iso_time;
use crate::model::{Alarm, Kind, Measure, MetricRule, Query, Source, State, Watched};

/// `alarm` is already in its new state.
pub(super) fn event(alarm: &Alarm, old: &State, region: &str) -> Value {
    json!({
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": alarm.account,
        "time": iso_time(alarm.state.updated),
        "region": region,
        "alarmData": {
            "alarmName": alarm.name,
            "state": state(&alarm.state),
            "previousState": state(old),
            "configuration": configuration(alarm),
        },
    })
}

fn state(of: &State) -> Value {
    let mut shown = json!({"value": of.value.name(), "reason": of.reason, "timestamp": iso_time(of.updated)});
    if let Some(data) = &of.reason_data {
        shown["reasonData"] = json!(data);
    }
    shown
}

fn configuration(alarm: &Alarm) -> Value {
    let mut shown = match &alarm.kind {
        Kind::Metric(rule) => json!({"metrics": metrics(rule)}),
        Kind::Composite(composite) => json!({"alarmRule": composite.rule}),
    };
    if let Some(description) = &alarm.description {
        shown["description"] = json!(description);
    }
    shown
}

fn metrics(rule: &MetricRule) -> Value {
    match &rule.watched {
        Watched::One(measure) => json!([{"id": "m1", "metricStat": stat(measure), "returnData": true}]),
        Watched::Math(queries) => queries.iter().map(query).collect(),
    }
}

fn query(query: &Query) -> Value {
    let mut shown = json!({"id": query.id, "label": query.label, "returnData": query.is_returned});
    match &query.source {
        Source::Expression(text) => shown["expression"] = json!(text),
        Source::Metric(measure) => shown["metricStat"] = stat(measure),
    }
    shown
}

fn stat(measure: &Measure) -> Value {
    let dimensions: Value = measure.dimensions.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "metric": {"namespace": measure.namespace, "name": measure.name, "dimensions": dimensions},
        "period": measure.period,
        "stat": measure.statistic,
    })
}
