//! Resource policies of functions, statement by statement.

mod add_permission;
mod get_policy;
mod remove_permission;

use std::sync::Arc;

use freehold_api::lambda::op;
use freehold_wire::Service;

use crate::Lambda;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::AddPermission, lambda, add_permission::add_permission)
        .on(op::GetPolicy, lambda, get_policy::get_policy)
        .on(op::RemovePermission, lambda, remove_permission::remove_permission)
}
