//! What SQS stores beside the messages.

mod move_task;
mod queue;
mod tombstone;

pub(crate) use move_task::{MoveTask, Progress};
pub(crate) use queue::{Definition, FifoAttributes, QueueAttributes, Redrive, RedriveAllow, RedrivePermission};
pub(crate) use tombstone::Tombstone;
