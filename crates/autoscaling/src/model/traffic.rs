//! Target groups that a group's instances are registered with.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TrafficSource {
    /// The target group's ARN.
    pub arn: String,
    pub state: TrafficState,
}

/// *API reference, LoadBalancerTargetGroupState*
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TrafficState {
    /// Instances are being registered.
    Adding,
    /// All are registered.
    Added,
    /// At least one is healthy.
    InService,
    /// Instances are being deregistered.
    Removing,
}

impl TrafficState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Adding => "Adding",
            Self::Added => "Added",
            Self::InService => "InService",
            Self::Removing => "Removing",
        }
    }
}

impl TrafficSource {
    pub fn new(arn: String) -> Self {
        Self { arn, state: TrafficState::Adding }
    }
}
