//! What is stored: buses, rules with their targets, archives and their events, replays.

mod archive;
mod bus;
mod replay;
mod rule;
mod target;

pub(crate) use archive::{Archive, Holding, Kept, archive_arn, day, place};
pub(crate) use bus::{Bus, DEFAULT_BUS, bus_arn};
pub(crate) use replay::{Replay, ReplayState, replay_arn};
pub(crate) use rule::{Rule, RuleState, rule_arn};
pub(crate) use target::{Retry, RuleTarget};
