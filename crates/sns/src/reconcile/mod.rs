//! What makes desired state true.

mod forget_unconfirmed;
mod remove_queues;

use std::sync::Arc;

use freehold_core::reconcile::Reconcilers;
use freehold_store::Document;

use crate::Sns;
use crate::model::{AbandonedQueue, Token};

pub(crate) use forget_unconfirmed::ForgetUnconfirmed;
pub(crate) use remove_queues::RemoveQueues;

/// Sets all reconcilers of SNS to work.
pub(crate) fn start(sns: &Arc<Sns>, reconcilers: &Reconcilers) {
    reconcilers.spawn(RemoveQueues(Arc::clone(sns)), vec![sns.store.watch(AbandonedQueue::KIND)]);
    reconcilers.spawn(ForgetUnconfirmed(Arc::clone(sns)), vec![sns.store.watch(Token::KIND)]);
}
