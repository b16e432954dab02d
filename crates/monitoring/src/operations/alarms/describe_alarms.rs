//! DescribeAlarms: by name, by prefix, by state; what a composite alarm names, and what names an alarm.

use std::sync::Arc;

use freehold_api::cloudwatch::{CompositeAlarm, DescribeAlarmsInput, DescribeAlarmsOutput, MetricAlarm};
use freehold_core::pagination::{Query, page};
use freehold_wire::Call;

use super::view;
use crate::CloudWatch;
use crate::errors::Error;
use crate::model::{Alarm, Kind};

const PAGE: i32 = 50;

/// How much of an alarm is shown.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    All,
    State,
    Name,
}

pub(super) async fn describe_alarms(
    state: Arc<CloudWatch>,
    call: Call,
    input: DescribeAlarmsInput,
) -> Result<DescribeAlarmsOutput, freehold_wire::Error> {
    let token = input.next_token.clone();
    let without_page = DescribeAlarmsInput { next_token: None, max_records: None, ..input.clone() };
    let query = Query::new(["DescribeAlarms", call.account(), &format!("{without_page:?}")]);
    let size = input.max_records.unwrap_or(PAGE).clamp(1, 100) as usize;
    let types = input.alarm_types.clone().unwrap_or_default();
    let (found, shown) = match (&input.children_of_alarm_name, &input.parents_of_alarm_name) {
        (None, None) => (selected(&state, call.account(), &input)?, Shown::All),
        _ => relatives(&state, call.account(), &input)?,
    };
    let after = token.map(|token| query.position(&token)).transpose().map_err(Error::from)?;
    let rest = found.into_iter().filter(|alarm| after.as_ref().is_none_or(|after| alarm.name > *after)).collect();
    let (alarms, next_token) = page(rest, size, &query, |alarm: &Arc<Alarm>| &alarm.name);
    let (mut metric_alarms, mut composite_alarms) = (Vec::new(), Vec::new());
    for alarm in &alarms {
        match &alarm.kind {
            Kind::Metric(rule) => metric_alarms.push(cut_metric(view::metric_alarm(alarm, rule), shown)),
            Kind::Composite(composite) => {
                composite_alarms.push(cut_composite(view::composite_alarm(alarm, composite), shown));
            }
        }
    }
    Ok(DescribeAlarmsOutput {
        composite_alarms: Some(composite_alarms),
        metric_alarms: Some(metric_alarms),
        log_alarms: types.iter().any(|name| name == "LogAlarm").then(Vec::new),
        next_token,
    })
}

fn selected(state: &CloudWatch, account: &str, input: &DescribeAlarmsInput) -> Result<Vec<Arc<Alarm>>, Error> {
    if input.alarm_names.is_some() && input.alarm_name_prefix.is_some() {
        return Err(Error::Validation("AlarmNames and AlarmNamePrefix must not be specified together.".into()));
    }
    // Without types, metric alarms alone are shown (*API reference, DescribeAlarms: AlarmTypes*).
    let metric_only = ["MetricAlarm".to_owned()];
    let types = input.alarm_types.as_deref().filter(|types| !types.is_empty()).unwrap_or(&metric_only);
    let mut found = state.book.of(account);
    found.retain(|alarm| {
        types.iter().any(|name| name == alarm.kind_name())
            && input.alarm_names.as_ref().is_none_or(|names| names.is_empty() || names.contains(&alarm.name))
            && input.alarm_name_prefix.as_ref().is_none_or(|prefix| alarm.name.starts_with(prefix))
            && input.state_value.as_ref().is_none_or(|value| alarm.state.value.name() == value)
            && input.action_prefix.as_ref().is_none_or(|prefix| alarm.all_actions().any(|one| one.starts_with(prefix)))
    });
    Ok(found)
}

fn relatives(
    state: &CloudWatch,
    account: &str,
    input: &DescribeAlarmsInput,
) -> Result<(Vec<Arc<Alarm>>, Shown), Error> {
    let others = [
        input.alarm_names.is_some(),
        input.alarm_name_prefix.is_some(),
        input.alarm_types.is_some(),
        input.state_value.is_some(),
        input.action_prefix.is_some(),
        input.children_of_alarm_name.is_some() && input.parents_of_alarm_name.is_some(),
    ];
    if others.contains(&true) {
        return Err(Error::Validation(
            "With ChildrenOfAlarmName or ParentsOfAlarmName, only MaxRecords and NextToken may be specified.".into(),
        ));
    }
    let find = |name: &str| {
        state.book.find(account, name).ok_or_else(|| Error::Validation(format!("Could not find alarm: {name}")))
    };
    let (mut found, shown) = match (&input.children_of_alarm_name, &input.parents_of_alarm_name) {
        (Some(name), _) => (state.named(&*find(name)?), Shown::State),
        (_, Some(name)) => (state.parents(&*find(name)?), Shown::Name),
        (None, None) => (Vec::new(), Shown::All),
    };
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found.dedup_by(|one, other| one.arn == other.arn);
    Ok((found, shown))
}

fn cut_metric(alarm: MetricAlarm, shown: Shown) -> MetricAlarm {
    let MetricAlarm { alarm_name, alarm_arn, state_value, state_updated_timestamp, .. } = alarm.clone();
    match shown {
        Shown::All => alarm,
        Shown::State => {
            MetricAlarm { alarm_name, alarm_arn, state_value, state_updated_timestamp, ..Default::default() }
        }
        Shown::Name => MetricAlarm { alarm_name, alarm_arn, ..Default::default() },
    }
}

fn cut_composite(alarm: CompositeAlarm, shown: Shown) -> CompositeAlarm {
    let CompositeAlarm { alarm_name, alarm_arn, state_value, state_updated_timestamp, .. } = alarm.clone();
    match shown {
        Shown::All => alarm,
        Shown::State => {
            CompositeAlarm { alarm_name, alarm_arn, state_value, state_updated_timestamp, ..Default::default() }
        }
        Shown::Name => CompositeAlarm { alarm_name, alarm_arn, ..Default::default() },
    }
}
