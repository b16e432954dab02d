//! Targets of rules.

mod list_rule_names_by_target;
mod list_targets_by_rule;
mod put_targets;
mod read;
mod remove_targets;
mod show;

pub(super) use list_rule_names_by_target::list_rule_names_by_target;
pub(super) use list_targets_by_rule::list_targets_by_rule;
pub(super) use put_targets::put_targets;
pub(super) use remove_targets::remove_targets;
