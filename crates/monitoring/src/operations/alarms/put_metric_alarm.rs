//! PutMetricAlarm. It is evaluated at once.

use std::sync::Arc;

use freehold_api::cloudwatch::PutMetricAlarmInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::common::{Actions, checked_tags};
use super::metric_rule;
use crate::CloudWatch;
use crate::alarms::Target;
use crate::model::{Alarm, Kind, State};

pub(super) async fn put_metric_alarm(
    state: Arc<CloudWatch>,
    call: Call,
    mut input: PutMetricAlarmInput,
) -> Result<Unit, freehold_wire::Error> {
    let rule = metric_rule::read(call.account(), &mut input)?;
    let actions = Actions::new(input.ok_actions, input.alarm_actions, input.insufficient_data_actions);
    let is_of_instance = rule.measure().is_some_and(|measure| measure.dimension("InstanceId").is_some());
    actions.check(&call.region, |target| match target {
        Target::Instance(_) if !is_of_instance => {
            Err("An action on an instance needs a metric with the dimension InstanceId")
        }
        _ => Ok(()),
    })?;
    let (name, now) = (input.alarm_name.unwrap_or_default(), state.now());
    let alarm = Alarm {
        arn: Alarm::arn(&call.region, call.account(), &name),
        account: call.account().to_owned(),
        name,
        description: input.alarm_description,
        is_acting: input.actions_enabled.unwrap_or(true),
        ok_actions: actions.ok,
        alarm_actions: actions.alarm,
        insufficient_data_actions: actions.insufficient_data,
        configured: now,
        kind: Kind::Metric(rule),
        state: State::unchecked(now),
        tags: checked_tags(input.tags)?,
    };
    state.put_alarm(alarm).await?;
    Ok(Unit)
}
