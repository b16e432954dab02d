//! Groups and instances for tests.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::model::{Group, Health, LaunchSource, Market, Member, Phase, Resolved, TemplateRef};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub(crate) fn template() -> TemplateRef {
    TemplateRef { id: "lt-1".into(), name: "t".into(), version: None }
}

/// A group in the zones a, b and c.
pub(crate) fn group(min: u32, max: u32, desired: u32) -> Group {
    Group {
        arn: "arn".into(),
        min,
        max,
        desired,
        zones: ["a", "b", "c"].map(str::to_owned).into(),
        ..Group::new("us-east-1", "111122223333", "g", LaunchSource::Template(template()), now())
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
        at_risk: false,
        surplus: false,
        forced: false,
        reusable: false,
    }
}
