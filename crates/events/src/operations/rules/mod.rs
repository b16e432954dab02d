//! Rules.

mod delete_rule;
mod describe_rule;
mod disable_rule;
mod enable_rule;
mod list_rules;
mod put_rule;
mod switch;

pub(super) use delete_rule::delete_rule;
pub(super) use describe_rule::describe_rule;
pub(super) use disable_rule::disable_rule;
pub(super) use enable_rule::enable_rule;
pub(super) use list_rules::list_rules;
pub(super) use put_rule::put_rule;
