//! One attempt.

use std::time::Duration;

use freehold_core::targets::{Extras, Sender, TargetError};
use freehold_iam::policy::Decision;

use super::{Delivery, Origin};
use crate::Events;
use crate::event::Event;

/// Stands in the input of a schedule for the number of the attempt.
const ATTEMPT: &str = "<aws.scheduler.attempt-number>";
/// How long a target may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Why a target was not told, with the code that dead letters have (*User guide, Using dead-letter queues*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub code: &'static str,
    pub why: String,
    pub is_permanent: bool,
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        let code = match &error {
            TargetError::NoService(_) => "NO_RESOURCE",
            TargetError::Refused(_) => "ERROR_FROM_TARGET",
            TargetError::Unavailable(_) => "SDK_CLIENT_ERROR",
        };
        Self { code, why: error.to_string(), is_permanent: error.is_permanent() }
    }
}

/// `count`: the attempt's number.
pub(super) async fn attempt(events: &Events, delivery: &Delivery, count: u32) -> Result<(), Failure> {
    check_role(events, delivery)?;
    if is_bus(&delivery.target) {
        return forward(events, delivery).await;
    }
    // *Scheduler user guide, Adding context attributes*.
    let payload = match delivery.origin {
        Origin::Schedule { .. } => delivery.payload.replace(ATTEMPT, &count.to_string()),
        Origin::Rule { .. } => delivery.payload.clone(),
    };
    let sender = Sender { service: delivery.origin.service(), arn: delivery.source.clone() };
    // *Scheduler user guide, Setting up the execution role*: schedules invoke by their role alone.
    let by_role = delivery.role.is_some() && matches!(delivery.origin, Origin::Schedule { .. });
    let extras = Extras { group: delivery.group.clone(), by_role, ..Extras::default() };
    let told = events.targets.deliver_with(&delivery.target, payload.as_bytes(), &extras, &sender);
    match tokio::time::timeout(LIMIT, told).await {
        Ok(told) => Ok(told?),
        Err(_) => {
            Err(Failure { code: "TIMEOUT", why: "The target did not answer in time.".into(), is_permanent: false })
        }
    }
}

/// What a schedule's role must allow (*Scheduler user guide, Setting up the execution role*).
fn check_role(events: &Events, delivery: &Delivery) -> Result<(), Failure> {
    let Some(role) = &delivery.role else { return Ok(()) };
    let action = match delivery.target.split(':').nth(2).unwrap_or_default() {
        "events" => "events:PutEvents",
        "lambda" => "lambda:InvokeFunction",
        "sns" => "sns:Publish",
        "sqs" => "sqs:SendMessage",
        // Nothing else takes what schedules send.
        _ => return Ok(()),
    };
    let target = &delivery.target;
    match events.iam.service_role_may(role, delivery.origin.service(), action, target) {
        Ok(true) => Ok(()),
        Ok(false) => {
            let why = format!("{role} does not allow {action} on {target}.");
            Err(Failure { code: "NO_PERMISSIONS", why, is_permanent: true })
        }
        Err(error) => {
            let why = format!("{role} cannot be assumed: {error}");
            Err(Failure { code: "FAILED_TO_ASSUME_ROLE", why, is_permanent: true })
        }
    }
}

fn is_bus(arn: &str) -> bool {
    arn.split(':').nth(2) == Some("events")
}

/// To another bus, and to its rules (*User guide, Sending events between event buses: not to a third one*).
async fn forward(events: &Events, delivery: &Delivery) -> Result<(), Failure> {
    let permanent = |code, why: String| Failure { code, why, is_permanent: true };
    if delivery.is_forwarded {
        let why = "An event that came from another event bus goes to no third one.";
        return Err(permanent("THIRD_ACCOUNT_HOP_DETECTED", why.into()));
    }
    let bus = &delivery.target;
    let decision =
        events.iam.service_may(delivery.origin.service(), "events:PutEvents", bus, &delivery.source, &delivery.account);
    if !events.has_bus(bus) {
        return Err(permanent("NO_RESOURCE", format!("There is no event bus {bus}.")));
    }
    if decision != Decision::Allowed {
        let why = format!("The policy of {bus} does not let {} put events on it.", delivery.source);
        return Err(permanent("NO_PERMISSIONS", why));
    }
    let event = Event::read(&delivery.payload)
        .ok_or_else(|| permanent("INVALID_JSON", "What goes to an event bus must be an event.".into()))?;
    let failed =
        |error: crate::errors::Error| Failure { code: "INTERNAL_ERROR", why: error.to_string(), is_permanent: false };
    events.tell(bus, &event, true).await.map_err(failed)
}
