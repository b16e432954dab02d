//! The service `sqs`: queues as AWS describes them, on top of `freehold-queues`, which keeps the messages.
//!
//! A queue's definition is a document in the region's state; its messages are in a journal of their own, under the
//! queue's number. Operations on messages never touch the state: what they need of definitions is in the
//! [`registry`], which follows the state commit by commit ([`control`]). SNS puts its notifications into queues
//! through [`Sqs::outgoing`].

mod address;
mod attributes;
mod control;
mod delivery;
mod errors;
mod messages;
mod metering;
mod model;
mod operations;
mod permissions;
pub mod reconcile;
mod redrive;
mod registry;
mod resource_policies;
mod target;
mod task_handle;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use freehold_api::sqs::{self, op};
use freehold_core::Clock;
use freehold_iam::Iam;
use freehold_metering::Counter;
use freehold_queues::Queues;
use freehold_store::{Filter, SharedStore, StoreExt};
use freehold_wire::Service;

pub use delivery::{Delivery, Undeliverable};
pub use messages::{Attribute, AttributeValue, InvalidName, check_attribute_name};

use model::Definition;
use registry::{Queue, Registry};

/// Bytes of a request's body: a megabyte of message may be written with an escape for each of its characters, and
/// attributes that are not counted come on top.
pub const BODY_BYTES: usize = 8 << 20;

/// What SQS stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub region: String,
    pub queues: Arc<Queues>,
    pub iam: Arc<Iam>,
    /// What counts requests.
    pub counter: Arc<Counter>,
}

/// Queues of a region, with their names, attributes and policies.
pub struct Sqs {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    region: String,
    queues: Arc<Queues>,
    iam: Arc<Iam>,
    counter: Arc<Counter>,
    registry: Registry,
    /// Definitions change one after the other, so that the registry follows the state in its order.
    control: tokio::sync::Mutex<()>,
}

impl Sqs {
    /// Takes up every queue of the state.
    pub fn new(parts: Parts) -> Result<Arc<Self>, freehold_store::Error> {
        let Parts { store, clock, region, queues, iam, counter } = parts;
        let registry = Registry::default();
        for definition in store.list::<Definition>(&Filter::all())? {
            registry.put(Arc::new(Queue::new(definition, &region)));
        }
        for queue in registry.all() {
            queues.configure(queue.id(), registry.settings(&queue, &region));
        }
        let control = tokio::sync::Mutex::default();
        let sqs = Arc::new(Self { store, clock, region, queues, iam, counter, registry, control });
        sqs.iam.protect("sqs", Arc::clone(&sqs) as _);
        Ok(sqs)
    }

    /// The service `sqs`.
    pub fn service(self: &Arc<Self>) -> Service {
        Service::new(&sqs::MODEL)
            .on(op::AddPermission, self, operations::add_permission)
            .on(op::CancelMessageMoveTask, self, operations::cancel_message_move_task)
            .on(op::ChangeMessageVisibility, self, operations::change_message_visibility)
            .on(op::ChangeMessageVisibilityBatch, self, operations::change_message_visibility_batch)
            .on(op::CreateQueue, self, operations::create_queue)
            .on(op::DeleteMessage, self, operations::delete_message)
            .on(op::DeleteMessageBatch, self, operations::delete_message_batch)
            .on(op::DeleteQueue, self, operations::delete_queue)
            .on(op::GetQueueAttributes, self, operations::get_queue_attributes)
            .on(op::GetQueueUrl, self, operations::get_queue_url)
            .on(op::ListDeadLetterSourceQueues, self, operations::list_dead_letter_source_queues)
            .on(op::ListMessageMoveTasks, self, operations::list_message_move_tasks)
            .on(op::ListQueueTags, self, operations::list_queue_tags)
            .on(op::ListQueues, self, operations::list_queues)
            .on(op::PurgeQueue, self, operations::purge_queue)
            .on(op::ReceiveMessage, self, operations::receive_message)
            .on(op::RemovePermission, self, operations::remove_permission)
            .on(op::SendMessage, self, operations::send_message)
            .on(op::SendMessageBatch, self, operations::send_message_batch)
            .on(op::SetQueueAttributes, self, operations::set_queue_attributes)
            .on(op::StartMessageMoveTask, self, operations::start_message_move_task)
            .on(op::TagQueue, self, operations::tag_queue)
            .on(op::UntagQueue, self, operations::untag_queue)
    }
}
