//! How much there may be (*ALB and NLB user guides, Quotas*): AWS's defaults, which nobody raises here.

use freehold_balancer::config::Kind;

/// Of one type, in the region.
pub const BALANCERS: usize = 50;
pub const TARGET_GROUPS: usize = 3000;
pub const LISTENERS_PER_BALANCER: usize = 50;
/// Default rules not counted.
pub const RULES_PER_BALANCER: usize = 100;
pub const GROUPS_PER_BALANCER: usize = 100;
/// Default certificates not counted.
pub const CERTIFICATES_PER_BALANCER: usize = 25;
pub const TARGETS_PER_GROUP: usize = 1000;
pub const VALUES_PER_RULE: usize = 5;
pub const WILDCARDS_PER_RULE: usize = 6;

/// Target groups of one forward action.
pub fn groups_per_action(kind: Kind) -> usize {
    if kind == Kind::Application { 5 } else { 1 }
}

pub fn targets_per_balancer(kind: Kind) -> usize {
    if kind == Kind::Application { 1000 } else { 3000 }
}

/// What *DescribeAccountLimits* tells.
pub const LIMITS: &[(&str, usize)] = &[
    ("application-load-balancers", BALANCERS),
    ("certificates-per-application-load-balancer", CERTIFICATES_PER_BALANCER),
    ("certificates-per-network-load-balancer", CERTIFICATES_PER_BALANCER),
    ("condition-values-per-alb-rule", VALUES_PER_RULE),
    ("condition-wildcards-per-alb-rule", WILDCARDS_PER_RULE),
    ("listeners-per-application-load-balancer", LISTENERS_PER_BALANCER),
    ("listeners-per-network-load-balancer", LISTENERS_PER_BALANCER),
    ("network-load-balancers", BALANCERS),
    ("rules-per-application-load-balancer", RULES_PER_BALANCER),
    ("target-groups", TARGET_GROUPS),
    ("target-groups-per-action-on-application-load-balancer", 5),
    ("target-groups-per-action-on-network-load-balancer", 1),
    ("target-groups-per-application-load-balancer", GROUPS_PER_BALANCER),
    ("targets-per-application-load-balancer", 1000),
    ("targets-per-network-load-balancer", 3000),
    ("targets-per-target-group", TARGETS_PER_GROUP),
];
