//! What is stored in the region's state.

mod filters;
mod gone;
mod group;
mod resource_policy;

pub(crate) use filters::{MetricFilter, SubscriptionFilter};
pub(crate) use gone::Gone;
pub(crate) use group::{Class, Group, RETENTIONS, is_retention};
pub(crate) use resource_policy::ResourcePolicy;
