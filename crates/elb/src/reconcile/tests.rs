//! Reconcilers over a store in memory, with an EC2 of a few lines and a driver that runs nothing.

use std::collections::BTreeMap;

use freehold_balancer::config::Kind;
use freehold_core::tags::Tags;
use jiff::Timestamp;

use crate::model::{LoadBalancer, Scheme, State, Zone};

pub fn balancer(kind: Kind) -> LoadBalancer {
    let word = if kind == Kind::Network { "net" } else { "app" };
    let id = "50dc6c495c0c9188";
    LoadBalancer {
        arn: format!("arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/{word}/web/{id}"),
        id: id.into(),
        account: "111122223333".into(),
        name: "web".into(),
        kind,
        scheme: Scheme::InternetFacing,
        dns_name: LoadBalancer::dns_name(kind, Scheme::InternetFacing, "web", id, "us-east-1"),
        vpc: "vpc-1".into(),
        zones: vec![Zone::new("us-east-1a", "subnet-1"), Zone::new("us-east-1b", "subnet-2")],
        security_groups: vec!["sg-1".into()],
        attributes: BTreeMap::new(),
        enforce_on_private_link: None,
        tags: Tags::default(),
        created: Timestamp::UNIX_EPOCH,
        state: State::Provisioning,
        state_reason: String::new(),
        deleted: false,
    }
}
