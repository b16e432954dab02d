//! Target groups and classic load balancers that a group's instances are registered with.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TrafficSource {
    /// The target group's ARN, or the name of a classic load balancer.
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

    pub fn is_classic(&self) -> bool {
        is_classic(&self.arn)
    }

    /// *TrafficSourceIdentifier: Type*
    pub fn kind(&self) -> &'static str {
        if self.is_classic() { "elb" } else { "elbv2" }
    }
}

/// Names of classic load balancers have no colons, and ARNs begin so.
pub(crate) fn is_classic(source: &str) -> bool {
    !source.starts_with("arn:")
}
