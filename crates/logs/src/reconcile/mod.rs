//! What makes desired state true: what is old or deleted is removed, and what subscribers wait for is delivered.

mod deliver;
mod forget_groups;
mod retain;
mod sweep;

use std::sync::Arc;

use freehold_core::reconcile::Reconcilers;
use freehold_core::targets::Sender;
use freehold_store::Document;

use crate::Logs;
use crate::model::Gone;

#[cfg(test)]
pub(crate) use deliver::Deliver;

/// What a group is to whoever lets it deliver (*User guide, Subscription filters with Lambda*: the ARN ends with `:*`).
pub(crate) fn sender(group_arn: &str) -> Sender {
    Sender { service: "logs.amazonaws.com", arn: format!("{group_arn}:*") }
}

/// Sets all reconcilers of CloudWatch Logs to work.
pub(crate) fn start(state: &Arc<Logs>, reconcilers: &Reconcilers) {
    reconcilers.spawn(deliver::Deliver(Arc::clone(state)), vec![state.events.watch_deliveries()]);
    reconcilers.spawn(retain::Retain(Arc::clone(state)), Vec::new());
    reconcilers.spawn(sweep::Sweep(Arc::clone(state)), Vec::new());
    reconcilers.spawn(forget_groups::ForgetGroups(Arc::clone(state)), vec![state.store.watch(Gone::KIND)]);
}
