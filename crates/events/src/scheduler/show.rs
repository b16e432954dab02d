//! Schedules and groups as callers read them.

use freehold_api::scheduler::{
    DeadLetterConfig, EventBridgeParameters, FlexibleTimeWindow, RetryPolicy, ScheduleGroupSummary, ScheduleSummary,
    SqsParameters, Target, TargetSummary,
};

use super::model::{Group, Schedule, ScheduleTarget};
use crate::model::Retry;

pub(super) fn state(schedule: &Schedule) -> String {
    if schedule.is_enabled { "ENABLED" } else { "DISABLED" }.to_owned()
}

pub(super) fn window(minutes: Option<u32>) -> FlexibleTimeWindow {
    let mode = if minutes.is_some() { "FLEXIBLE" } else { "OFF" };
    let minutes = minutes.and_then(|minutes| i32::try_from(minutes).ok());
    FlexibleTimeWindow { mode: Some(mode.to_owned()), maximum_window_in_minutes: minutes }
}

/// What was not said of the retry policy is shown as it is.
pub(super) fn target(target: ScheduleTarget) -> Target {
    let Retry { attempts, age_seconds } = target.retry.unwrap_or_default();
    Target {
        arn: Some(target.arn),
        role_arn: Some(target.role),
        input: target.input,
        dead_letter_config: target.dead_letter.map(|arn| DeadLetterConfig { arn: Some(arn) }),
        retry_policy: Some(RetryPolicy {
            maximum_event_age_in_seconds: i32::try_from(age_seconds).ok(),
            maximum_retry_attempts: i32::try_from(attempts).ok(),
        }),
        sqs_parameters: target.group.map(|group| SqsParameters { message_group_id: Some(group) }),
        event_bridge_parameters: target.event.map(|(detail_type, source)| EventBridgeParameters {
            detail_type: Some(detail_type),
            source: Some(source),
        }),
        ..Target::default()
    }
}

pub(super) fn summary(schedule: Schedule) -> ScheduleSummary {
    ScheduleSummary {
        state: Some(state(&schedule)),
        arn: Some(schedule.arn),
        name: Some(schedule.name),
        group_name: Some(schedule.group_name),
        creation_date: Some(schedule.created),
        last_modification_date: Some(schedule.modified),
        target: Some(TargetSummary { arn: Some(schedule.target.arn) }),
    }
}

/// A group goes at once, so that none is seen going.
pub(super) fn group(group: Group) -> ScheduleGroupSummary {
    ScheduleGroupSummary {
        arn: Some(group.arn),
        name: Some(group.name),
        state: Some("ACTIVE".into()),
        creation_date: Some(group.created),
        last_modification_date: Some(group.modified),
    }
}
