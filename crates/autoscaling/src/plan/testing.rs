//! Groups and instances for tests.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{
    DeletionProtection, Group, Health, LaunchSource, Market, Member, Phase, Resolved, TemplateRef, TerminationPolicy,
};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub(crate) fn template() -> TemplateRef {
    TemplateRef { id: "lt-1".into(), name: "t".into(), version: None }
}

/// A group in the zones a, b and c.
pub(crate) fn group(min: u32, max: u32, desired: u32) -> Group {
    Group {
        id: "111122223333/g".into(),
        account: "111122223333".into(),
        name: "g".into(),
        arn: "arn".into(),
        created: now(),
        source: LaunchSource::Template(template()),
        min,
        max,
        desired,
        default_cooldown: 300,
        zones: ["a", "b", "c"].map(str::to_owned).into(),
        subnets: Vec::new(),
        elb_health: false,
        health_check_type: "EC2".into(),
        grace_period: 0,
        traffic: Vec::new(),
        termination_policies: vec![TerminationPolicy::Default],
        protect_new: false,
        capacity_rebalance: false,
        balanced_only: false,
        max_lifetime: None,
        default_warmup: None,
        maintenance: None,
        deletion_protection: DeletionProtection::None,
        context: None,
        tags: BTreeMap::new(),
        hooks: Vec::new(),
        notifications: BTreeMap::new(),
        suspended: BTreeMap::new(),
        metrics: BTreeSet::new(),
        warm_pool: None,
        deleting: false,
        reasons: Vec::new(),
        backoff: None,
        avoided: BTreeMap::new(),
        cooldown: None,
        refreshing: None,
        extra: 0,
        serial: 0,
    }
}

/// An instance in service since now.
pub(crate) fn member(key: &str, zone: &str) -> Member {
    Member {
        key: key.into(),
        account: "111122223333".into(),
        group: "111122223333/g".into(),
        group_name: "g".into(),
        phase: Phase::InService,
        warmed: false,
        instance: Some(format!("i-{key}")),
        health: Health::Healthy,
        sickness: None,
        zone: zone.into(),
        subnet: None,
        launch: Some(Resolved::Template { template: template(), number: "1".into(), instance_type: None, image: None }),
        choice: 0,
        market: Market::OnDemand,
        weight: 1,
        instance_type: "t3.nano".into(),
        image: "ami-1".into(),
        protected: false,
        created: now(),
        in_service_since: Some(now()),
        registered: BTreeSet::new(),
        actions: Vec::new(),
        activity: None,
        surplus: false,
        forced: false,
        reusable: false,
    }
}
