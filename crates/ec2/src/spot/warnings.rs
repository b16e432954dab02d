//! What the region is told of Spot instances beside their states (*EC2 user guide, Spot Instance interruption notices;
//! Instance rebalance recommendations*).

use freehold_core::events::ServiceEvent;
use jiff::Timestamp;
use serde_json::json;

use crate::model::{Instance, InstanceState, Told};

/// What was not told yet of an instance that runs.
pub fn news(instance: &Instance, now: Timestamp) -> Option<Told> {
    let terms = instance.spot.as_ref()?;
    let runs = matches!(instance.state, InstanceState::Pending | InstanceState::Running);
    let news = Told {
        rebalance: terms.rebalance.is_some() && !terms.told.rebalance,
        interruption: terms.notice(now).is_some() && !terms.told.interruption,
    };
    (runs && news != Told::default()).then_some(news)
}

pub fn of(instance: &Instance, news: Told, now: Timestamp) -> Vec<ServiceEvent> {
    let behavior = instance.spot.as_ref().map_or("", |terms| terms.behavior.name());
    // The ARN names the zone where others name the region and the account, as AWS documents it.
    let arn = format!("arn:aws:ec2:{}:instance/{}", instance.placement.zone, instance.id);
    let event = |detail_type, detail| ServiceEvent {
        account: instance.account.clone(),
        source: "aws.ec2",
        detail_type,
        resources: vec![arn.clone()],
        at: now,
        detail,
    };
    let id = &instance.id;
    let rebalance = || event("EC2 Instance Rebalance Recommendation", json!({ "instance-id": id }));
    let detail = json!({ "instance-id": id, "instance-action": behavior });
    let interruption = || event("EC2 Spot Instance Interruption Warning", detail.clone());
    let told = [news.rebalance.then(rebalance), news.interruption.then(interruption)];
    told.into_iter().flatten().collect()
}
