//! What makes desired state true.

mod act;
mod combine;
mod evaluate;
mod forget_history;
mod perform;
mod retain;

use std::sync::Arc;

use freehold_core::reconcile::Reconcilers;
use freehold_store::Document;

use crate::CloudWatch;
use crate::model::{Action, Alarm};

/// Sets all reconcilers of CloudWatch to work.
pub(crate) fn start(state: &Arc<CloudWatch>, reconcilers: &Reconcilers) {
    let alarms = || vec![state.store.watch(Alarm::KIND)];
    reconcilers.spawn(evaluate::Evaluate::new(Arc::clone(state)), alarms());
    reconcilers.spawn(combine::Combine(Arc::clone(state)), alarms());
    reconcilers.spawn(act::Act(Arc::clone(state)), vec![state.store.watch(Action::KIND)]);
    reconcilers.spawn(retain::Retain(Arc::clone(state)), Vec::new());
    reconcilers.spawn(forget_history::ForgetHistory(Arc::clone(state)), Vec::new());
}
