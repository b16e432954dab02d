//! Who else may put events on a bus: statements of its policy.

mod put_permission;
mod remove_permission;

pub(super) use put_permission::put_permission;
pub(super) use remove_permission::remove_permission;
