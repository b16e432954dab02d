//! How a target is, from what is stored and what the balancer's node says (*API reference, TargetHealth*).

use freehold_api::elbv2::TargetHealth;
use freehold_balancer::config::{Kind, TargetKind};
use freehold_balancer::status::{State, Status};

use crate::model::{LoadBalancer, Target, TargetGroup};

/// A state with its reason and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Health {
    pub state: &'static str,
    /// Empty when healthy.
    pub reason: String,
    pub description: String,
}

fn health(state: &'static str, reason: &str, description: impl Into<String>) -> Health {
    Health { state, reason: reason.to_owned(), description: description.into() }
}

/// What is named and not registered.
pub(super) fn not_registered() -> Health {
    health("unused", "Target.NotRegistered", "Target is not registered to the target group")
}

/// A target that is registered or draining. `balancer` is who uses the group, `instance` the state of the target's
/// instance, if it has one (`None`: it is gone).
pub(super) fn of(
    group: &TargetGroup,
    target: &Target,
    balancer: Option<&LoadBalancer>,
    status: Option<&Status>,
    instance: Option<&str>,
) -> Health {
    if target.is_draining() {
        return health("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress");
    }
    let Some(balancer) = balancer else {
        let why = "Target group is not configured to receive traffic from the load balancer";
        return health("unused", "Target.NotInUse", why);
    };
    if group.kind == TargetKind::Instance && instance != Some("running") {
        let why = format!("Target is in the {} state", instance.unwrap_or("terminated"));
        return health("unused", "Target.InvalidState", why);
    }
    let zones = &balancer.zones;
    let is_enabled = target.zone == "all" || zones.iter().any(|zone| zone.zone == target.zone);
    if !is_enabled && group.kind != TargetKind::Lambda && balancer.kind == Kind::Application {
        let why = "Target is in an Availability Zone that is not enabled for the load balancer";
        return health("unused", "Target.NotInUse", why);
    }
    if !group.health_check.enabled {
        let why = "Health checks are not enabled for this target";
        return health("unavailable", "Target.HealthCheckDisabled", why);
    }
    let seen = status.and_then(|status| {
        let is_it = |seen: &&freehold_balancer::status::TargetStatus| {
            (&seen.group, &seen.id, seen.port) == (&group.arn, &target.id, target.port)
        };
        status.targets.iter().find(is_it)
    });
    match seen {
        // The node has not heard of it yet, or there is none: nobody has looked at the target.
        None => health("initial", "Elb.RegistrationInProgress", "Target registration is in progress"),
        Some(seen) => {
            Health { state: name(seen.state), reason: seen.reason.clone(), description: seen.description.clone() }
        }
    }
}

fn name(state: State) -> &'static str {
    match state {
        State::Initial => "initial",
        State::Healthy => "healthy",
        State::Unhealthy => "unhealthy",
        State::Unused => "unused",
        State::Draining => "draining",
        State::Unavailable => "unavailable",
    }
}

impl From<Health> for TargetHealth {
    fn from(health: Health) -> Self {
        let some = |text: String| (!text.is_empty()).then_some(text);
        Self {
            state: Some(health.state.to_owned()),
            reason: some(health.reason),
            description: some(health.description),
        }
    }
}
