//! What callers write of a schedule, checked.

use freehold_api::scheduler::{FlexibleTimeWindow, Target};
use freehold_core::Arn;
use freehold_core::targets::Targets;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::errors::{Error, Result};
use super::model::ScheduleTarget;
use crate::expression::Expression;
use crate::model::Retry;

/// Targets that name an operation of any service (*User guide, Universal targets*).
const UNIVERSAL: &str = "aws-sdk:";

pub(super) fn check_times(
    expression: &str,
    zone: Option<&str>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
) -> Result<()> {
    if Expression::parse(expression, false).is_none() {
        return Err(Error::invalid(format!("Invalid Schedule Expression {expression}.")));
    }
    if zone.is_some_and(|zone| TimeZone::get(zone).is_err()) {
        return Err(Error::invalid("Invalid ScheduleExpressionTimezone provided."));
    }
    if start.zip(end).is_some_and(|(start, end)| start >= end) {
        return Err(Error::invalid("The StartDate you specify must come before the EndDate."));
    }
    Ok(())
}

/// Minutes; `None` where it is told when it is due.
pub(super) fn window(window: Option<&FlexibleTimeWindow>) -> Result<Option<u32>> {
    let minutes = window.and_then(|window| window.maximum_window_in_minutes).and_then(|it| u32::try_from(it).ok());
    match (window.and_then(|window| window.mode.as_deref()), minutes) {
        (Some("FLEXIBLE"), Some(minutes)) => Ok(Some(minutes)),
        (Some("FLEXIBLE"), None) => {
            Err(Error::invalid("MaximumWindowInMinutes must be provided when FlexibleTimeWindow mode is FLEXIBLE."))
        }
        (_, Some(_)) => {
            Err(Error::invalid("MaximumWindowInMinutes must not be provided when FlexibleTimeWindow mode is OFF."))
        }
        _ => Ok(None),
    }
}

pub(super) fn target(target: Target, targets: &Targets) -> Result<ScheduleTarget> {
    refuse_unsupported(&target)?;
    let text = target.arn.unwrap_or_default();
    let arn: Arn =
        text.parse().map_err(|_| Error::invalid(format!("Provided Arn is not in correct format: {text}")))?;
    if arn.service == "scheduler" && arn.resource.starts_with(UNIVERSAL) {
        return Err(Error::invalid(format!("Freehold does not have universal targets yet: {text}.")));
    }
    if !targets.has(&arn.service) {
        let service = &arn.service;
        return Err(Error::invalid(format!(
            "Freehold has nothing of the service {service} that could be told: {text}."
        )));
    }
    let group = target.sqs_parameters.and_then(|parameters| parameters.message_group_id);
    let is_fifo = arn.service == "sqs" && arn.resource.ends_with(".fifo");
    if group.is_some() && arn.service != "sqs" {
        return Err(Error::invalid("SqsParameters are for queues only."));
    }
    if is_fifo && group.is_none() {
        return Err(Error::invalid("A FIFO queue needs SqsParameters with a MessageGroupId."));
    }
    let event = target
        .event_bridge_parameters
        .map(|parameters| (parameters.detail_type.unwrap_or_default(), parameters.source.unwrap_or_default()));
    let is_bus = arn.service == "events";
    if is_bus != event.is_some() {
        return Err(Error::invalid("EventBridgeParameters are for event buses, which need them."));
    }
    if event.as_ref().is_some_and(|(_, source)| source.starts_with("aws.")) {
        return Err(Error::invalid("The Source of an event must not begin with aws."));
    }
    let is_json = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok();
    if matches!(arn.service.as_str(), "events" | "lambda") && target.input.as_ref().is_some_and(|text| !is_json(text)) {
        return Err(Error::invalid("Invalid RequestJson provided. Reason: the Input of this target must be JSON."));
    }
    let is_object = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok_and(|it| it.is_object());
    if is_bus && target.input.as_ref().is_some_and(|text| !is_object(text)) {
        return Err(Error::invalid("Invalid RequestJson provided. Reason: the detail of an event must be an object."));
    }
    let retry = target.retry_policy.map(|policy| {
        // The model's bounds hold.
        let bounded = |value: Option<i32>, default: u32| value.and_then(|it| u32::try_from(it).ok()).unwrap_or(default);
        let Retry { attempts, age_seconds } = Retry::default();
        Retry {
            attempts: bounded(policy.maximum_retry_attempts, attempts),
            age_seconds: bounded(policy.maximum_event_age_in_seconds, age_seconds),
        }
    });
    Ok(ScheduleTarget {
        arn: text,
        role: target.role_arn.unwrap_or_default(),
        input: target.input,
        group,
        dead_letter: target.dead_letter_config.and_then(|config| config.arn),
        retry,
        event,
    })
}

/// Parameters of targets that the region does not have.
fn refuse_unsupported(target: &Target) -> Result<()> {
    let given = [
        ("EcsParameters", target.ecs_parameters.is_some()),
        ("EventBridgePutEventsV2Parameters", target.event_bridge_put_events_v2_parameters.is_some()),
        ("EventBridgePutRawEventsParameters", target.event_bridge_put_raw_events_parameters.is_some()),
        ("KinesisParameters", target.kinesis_parameters.is_some()),
        ("SageMakerPipelineParameters", target.sage_maker_pipeline_parameters.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(Error::invalid(format!("Freehold does not have {name} yet."))),
        None => Ok(()),
    }
}
