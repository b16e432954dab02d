//! What SQS does by itself.

mod forget_deleted;
mod move_messages;

use std::sync::Arc;

use freehold_core::reconcile::Reconcilers;
use freehold_store::Document;

use crate::Sqs;
use crate::model::{MoveTask, Tombstone};

pub(crate) use forget_deleted::ForgetDeleted;
pub(crate) use move_messages::MoveMessages;

/// Sets the reconcilers to work.
pub fn start(sqs: &Arc<Sqs>, reconcilers: &Reconcilers) {
    reconcilers.spawn(ForgetDeleted::new(Arc::clone(sqs)), vec![sqs.store.watch(Tombstone::KIND)]);
    reconcilers.spawn(MoveMessages::new(Arc::clone(sqs)), vec![sqs.store.watch(MoveTask::KIND)]);
}
