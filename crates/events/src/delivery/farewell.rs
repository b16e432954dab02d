//! What nobody took: into the dead-letter queue, with what went wrong.

use freehold_core::targets::{Extras, Sender};

use super::attempt::Failure;
use super::{Delivery, Origin};
use crate::Events;
use crate::event::time;

/// Puts the payload into the target's dead-letter queue, if there is one and it takes it.
pub(super) async fn bury(
    events: &Events,
    delivery: &Delivery,
    failure: &Failure,
    exhausted: Option<&'static str>,
    attempts: u32,
) {
    let (source, target) = (&delivery.source, &delivery.target);
    let Some(queue) = &delivery.dead_letter else {
        tracing::info!(source, target, why = failure.why, "an event is dropped");
        return;
    };
    let extras = Extras { attributes: attributes(delivery, failure, exhausted, attempts), ..Extras::default() };
    let sender = Sender { service: delivery.origin.service(), arn: source.clone() };
    let buried = events.targets.deliver_with(queue, delivery.payload.as_bytes(), &extras, &sender).await;
    match buried {
        Ok(()) => events.measure(delivery, &["InvocationsSentToDlq"]),
        Err(error) => {
            tracing::info!(source, target, queue, %error, "the dead-letter queue does not take an event");
            events.measure(delivery, &["InvocationsFailedToBeSentToDlq"]);
        }
    }
}

/// *EventBridge user guide, Using dead-letter queues*, and *Scheduler user guide, Configuring a dead-letter queue*.
fn attributes(
    delivery: &Delivery,
    failure: &Failure,
    exhausted: Option<&'static str>,
    attempts: u32,
) -> Vec<(&'static str, String)> {
    let mut attributes = vec![
        ("ERROR_CODE", failure.code.to_owned()),
        ("ERROR_MESSAGE", failure.why.clone()),
        ("RETRY_ATTEMPTS", attempts.saturating_sub(1).to_string()),
        ("TARGET_ARN", delivery.target.clone()),
    ];
    if let Some(condition) = exhausted {
        attributes.push(("EXHAUSTED_RETRY_CONDITION", condition.to_owned()));
    }
    match &delivery.origin {
        Origin::Rule { .. } => attributes.push(("RULE_ARN", delivery.source.clone())),
        Origin::Schedule { execution, due } => {
            attributes.push(("EXECUTION_ID", execution.clone()));
            attributes.push(("SCHEDULE_ARN", delivery.source.clone()));
            attributes.push(("SCHEDULED_TIME", time(*due)));
        }
    }
    attributes
}
