//! The service `sqs`: queues as AWS describes them, on top of `freehold-queues`, which keeps the messages.

mod content;
mod delivery;

use std::sync::Arc;

use freehold_queues::Queues;

pub use content::{Attribute, AttributeValue};
pub use delivery::{Delivery, Undeliverable};

/// Queues of a region, with their names, attributes and policies.
pub struct Sqs {
    queues: Arc<Queues>,
}
