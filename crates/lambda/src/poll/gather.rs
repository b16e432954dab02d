//! Gathering a batch: until it is as large as wanted, as heavy as an event may be, or as old as the window says.

use std::time::Duration;

use freehold_api::sqs::{
    DeleteMessageBatchRequest, DeleteMessageBatchRequestEntry, Message, ReceiveMessageRequest, op,
};
use freehold_core::{Arn, Principal};
use serde_json::Value;
use tokio::time::Instant;

use super::record::{is_wanted, record};
use crate::Lambda;
use crate::errors::Error;
use crate::model::Mapping;

/// Messages of one call.
const AT_ONCE: u32 = 10;
/// How long a call waits for the first message, in seconds: as long a mapping may take to notice that it is off.
const WAIT: i32 = 2;
/// Bytes of an event, with room for what is around the records (*Developer guide: the payload limit of 6 MB*).
const MOST_BYTES: usize = (6 << 20) - (16 << 10);

/// Messages that are handed over together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub messages: Vec<Message>,
    pub records: Vec<Value>,
    bytes: usize,
}

/// The queue of a mapping, by whose role it is read.
pub(super) struct Source<'a> {
    pub lambda: &'a Lambda,
    pub mapping: &'a Mapping,
    pub arn: Arn,
}

impl<'a> Source<'a> {
    pub fn new(lambda: &'a Lambda, mapping: &'a Mapping) -> Result<Self, Error> {
        let arn = mapping.source.parse().map_err(|_| Error::invalid("the source of a mapping is no ARN"))?;
        Ok(Self { lambda, mapping, arn })
    }

    fn url(&self) -> String {
        format!("/{}/{}", self.arn.account, self.arn.resource)
    }

    fn actor(&self) -> Principal {
        Principal::service_linked(&self.mapping.account, "Lambda")
    }

    /// The next batch; empty if nothing came for a while.
    pub async fn gather(&self) -> Result<Batch, freehold_wire::Error> {
        let mut batch = Batch::default();
        let mut end = None;
        loop {
            let wanted = self.mapping.batch_size.saturating_sub(batch.messages.len() as u32).min(AT_ONCE);
            let received = self.receive(wanted, if end.is_none() { WAIT } else { 0 }).await?;
            let came = received.len();
            self.take(received, &mut batch).await;
            let window = Duration::from_secs(u64::from(self.mapping.window));
            let is_full = batch.messages.len() >= self.mapping.batch_size as usize || batch.bytes >= MOST_BYTES / 2;
            if batch.messages.is_empty() || is_full || window.is_zero() {
                return Ok(batch);
            }
            let end = *end.get_or_insert_with(|| Instant::now() + window);
            if Instant::now() >= end {
                return Ok(batch);
            }
            if came == 0 {
                tokio::time::sleep_until(end.min(Instant::now() + Duration::from_millis(100))).await;
            }
        }
    }

    async fn receive(&self, max: u32, wait: i32) -> Result<Vec<Message>, freehold_wire::Error> {
        let input = ReceiveMessageRequest {
            queue_url: Some(self.url()),
            max_number_of_messages: i32::try_from(max).ok(),
            wait_time_seconds: Some(wait),
            message_system_attribute_names: Some(vec!["All".into()]),
            message_attribute_names: Some(vec!["All".into()]),
            ..ReceiveMessageRequest::default()
        };
        let received = self.lambda.local.call::<op::ReceiveMessage>(self.actor(), input).await?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Puts messages into the batch; those that no filter wants are deleted (*Developer guide, Event filtering*).
    async fn take(&self, received: Vec<Message>, batch: &mut Batch) {
        let mut unwanted = Vec::new();
        for message in received {
            let seen = record(&message, &self.mapping.source);
            if is_wanted(&seen, &self.mapping.filters, &*self.lambda.patterns) {
                batch.bytes += message.body.as_ref().map_or(0, String::len) + 1024;
                batch.messages.push(message);
                batch.records.push(seen);
            } else {
                unwanted.push(message);
            }
        }
        self.delete(&unwanted).await;
    }

    /// Deletes; what cannot be deleted comes again.
    pub async fn delete(&self, messages: &[Message]) {
        for some in messages.chunks(AT_ONCE as usize) {
            let entries = some.iter().enumerate().map(|(number, message)| DeleteMessageBatchRequestEntry {
                id: Some(number.to_string()),
                receipt_handle: message.receipt_handle.clone(),
            });
            let input = DeleteMessageBatchRequest { queue_url: Some(self.url()), entries: Some(entries.collect()) };
            if let Err(error) = self.lambda.local.call::<op::DeleteMessageBatch>(self.actor(), input).await {
                tracing::warn!(source = self.mapping.source, %error, "what a function has taken cannot be deleted");
            }
        }
    }
}
