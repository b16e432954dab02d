//! How much there may be (*User Guide for Classic Load Balancers, Quotas*): AWS's defaults.

pub const BALANCERS: usize = 20;
pub const LISTENERS: usize = 100;
pub const INSTANCES: usize = 1000;
/// *TooManyPolicies*.
pub const POLICIES: usize = 100;
/// *AddTags: LoadBalancerNames*, and of *DescribeTags* 20.
pub const TAGGED: usize = 20;

/// What *DescribeAccountLimits* tells.
pub const LIMITS: &[(&str, usize)] = &[
    ("classic-listeners", LISTENERS),
    ("classic-load-balancers", BALANCERS),
    ("classic-registered-instances", INSTANCES),
];
