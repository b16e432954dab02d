//! Alarms: put, described, changed, deleted.

mod acting;
mod common;
mod delete_alarms;
mod describe_alarm_history;
mod describe_alarms;
mod describe_alarms_for_metric;
mod metric_rule;
mod put_composite_alarm;
mod put_metric_alarm;
mod set_alarm_state;
mod view;

use std::sync::Arc;

use freehold_api::cloudwatch::op;
use freehold_wire::Service;

use crate::CloudWatch;

pub(super) fn register(service: Service, state: &Arc<CloudWatch>) -> Service {
    service
        .on(op::PutMetricAlarm, state, put_metric_alarm::put_metric_alarm)
        .on(op::PutCompositeAlarm, state, put_composite_alarm::put_composite_alarm)
        .on(op::DescribeAlarms, state, describe_alarms::describe_alarms)
        .on(op::DescribeAlarmsForMetric, state, describe_alarms_for_metric::describe_alarms_for_metric)
        .on(op::DescribeAlarmHistory, state, describe_alarm_history::describe_alarm_history)
        .on(op::DeleteAlarms, state, delete_alarms::delete_alarms)
        .on(op::EnableAlarmActions, state, acting::enable_alarm_actions)
        .on(op::DisableAlarmActions, state, acting::disable_alarm_actions)
        .on(op::SetAlarmState, state, set_alarm_state::set_alarm_state)
}
