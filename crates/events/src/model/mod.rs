//! What is stored: buses, rules with their targets, schedules and their groups.

mod bus;
mod rule;
mod target;

pub(crate) use bus::{Bus, DEFAULT_BUS, bus_arn};
pub(crate) use rule::{Rule, RuleState, rule_arn};
pub(crate) use target::{Retry, RuleTarget};
