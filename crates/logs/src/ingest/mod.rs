//! What comes in: which events of a request are taken, and what is made of them.

mod limits;
mod measure;
mod metric_filters;
mod subscriptions;

pub(crate) use limits::sift;
pub(crate) use measure::measure;
pub(crate) use metric_filters::{Measured, Minutes, apply as apply_metric_filters};
pub(crate) use subscriptions::apply as apply_subscriptions;
