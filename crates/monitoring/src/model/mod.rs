//! What is stored, and what is asked for.

mod action;
mod alarm;
mod history;
mod query;
mod rule;
mod state;
mod suppression;

pub(crate) use action::{Action, Notice};
pub(crate) use alarm::{Alarm, Comparison, Composite, Kind, LowSamples, MetricRule, Missing, Watched};
pub(crate) use history::{Entry, EntryKind};
pub(crate) use query::{Measure, Query, Source, from_dimensions, to_dimensions};
pub(crate) use rule::parse_rule;
pub(crate) use state::{State, StateValue};
pub(crate) use suppression::{Seen, Suppression, Suppressor};
