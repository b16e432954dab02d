//! ReceiveMessage: takes messages, and waits for one if there is none.

use std::sync::Arc;
use std::time::Duration;

use freehold_api::sqs::{ReceiveMessageRequest, ReceiveMessageResult};
use freehold_queues::Receive;
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::errors::{Error, Result};
use crate::messages::{Wanted, check_id, show};
use crate::registry::Queue;

pub(crate) async fn receive_message(
    sqs: Arc<Sqs>,
    _: Call,
    input: ReceiveMessageRequest,
) -> Result<ReceiveMessageResult, WireError> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let how = how(&queue, &input)?;
    let wanted =
        Wanted::new(input.attribute_names, input.message_system_attribute_names, input.message_attribute_names)?;
    let received = sqs.queues.receive(queue.id(), how).await.map_err(Error::from)?;
    sqs.meter_payload(&queue, received.iter().map(|message| message.content.len()).sum());
    let source = |id| sqs.registry.by_id(id).map(|source| source.arn.clone());
    // One that cannot be read is said in the log and keeps none of the others.
    let messages: Vec<_> =
        received.into_iter().filter_map(|message| show(message, queue.is_fifo(), &wanted, source).ok()).collect();
    Ok(ReceiveMessageResult { messages: (!messages.is_empty()).then_some(messages) })
}

fn how(queue: &Queue, input: &ReceiveMessageRequest) -> Result<Receive> {
    let attributes = &queue.definition.attributes;
    let max = input.max_number_of_messages.unwrap_or(1);
    if !(1..=10).contains(&max) {
        return Err(Error::invalid(max, "MaxNumberOfMessages", "Must be between 1 and 10, if provided."));
    }
    let seconds = |value: Option<i32>, own: u32, name: &str, most: i32| match value {
        None => Ok(Duration::from_secs(own.into())),
        Some(value) if (0..=most).contains(&value) => Ok(Duration::from_secs(value.unsigned_abs().into())),
        Some(value) => Err(Error::invalid(value, name, format!("Must be >= 0 and <= {most}, if provided."))),
    };
    let wait = seconds(input.wait_time_seconds, attributes.receive_wait, "WaitTimeSeconds", 20)?;
    let visibility = seconds(input.visibility_timeout, attributes.visibility_timeout, "VisibilityTimeout", 43_200)?;
    let attempt = input.receive_request_attempt_id.as_deref();
    if let (Some(attempt), false) = (attempt, queue.is_fifo()) {
        let reason = "The request include parameter that is not valid for this queue type";
        return Err(Error::invalid(attempt, "ReceiveRequestAttemptId", reason));
    }
    check_id("ReceiveRequestAttemptId", attempt)?;
    Ok(Receive { max: max.unsigned_abs() as usize, visibility, wait, attempt: attempt.map(str::to_owned) })
}
