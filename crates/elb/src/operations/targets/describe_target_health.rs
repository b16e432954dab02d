//! DescribeTargetHealth: what the balancer's node found out. With `--machines none` there is no node, and targets that are
//! in use stay `initial`: nobody has looked at them.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::elbv2::{
    DescribeTargetHealthInput, DescribeTargetHealthOutput, TargetDescription, TargetHealthDescription,
};
use freehold_balancer::config::TargetKind;
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{health, resolve};
use crate::Elb;
use crate::errors::Error;
use crate::model::{LoadBalancer, State, Target, TargetGroup, Uses};

pub(super) async fn describe_target_health(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeTargetHealthInput,
) -> Result<DescribeTargetHealthOutput, freehold_wire::Error> {
    let group: TargetGroup = elb.find(call.account(), &input.target_group_arn.unwrap_or_default())?;
    let shown = describe(&elb, &group, input.targets.unwrap_or_default()).await?;
    Ok(DescribeTargetHealthOutput { target_health_descriptions: Some(shown) })
}

async fn describe(
    elb: &Elb,
    group: &TargetGroup,
    named: Vec<TargetDescription>,
) -> Result<Vec<TargetHealthDescription>, Error> {
    let balancer = user(elb, group)?;
    if balancer.as_ref().is_some_and(|balancer| balancer.state == State::Failed) {
        return Err(Error::HealthUnavailable);
    }
    let status = balancer.as_ref().and_then(|balancer| elb.nodes.status(&balancer.arn));
    let present: Vec<&Target> = group.present(elb.now()).collect();
    let instances = instance_states(elb, group, &present).await?;
    let of = |target: &Target| {
        let instance = instances.get(&target.id).map(String::as_str);
        health::of(group, target, balancer.as_ref(), status.as_deref(), instance)
    };
    if named.is_empty() {
        return Ok(present.iter().map(|target| describe_one(group, target, of(target))).collect());
    }
    let mut shown = Vec::new();
    for named in named {
        let port = resolve::port(group, &named)?;
        let found = present.iter().find(|target| Some(&target.id) == named.id.as_ref() && target.port == port);
        shown.push(match found {
            Some(target) => describe_one(group, target, of(target)),
            None => TargetHealthDescription {
                target: Some(named),
                target_health: Some(health::not_registered().into()),
                ..Default::default()
            },
        });
    }
    Ok(shown)
}

/// The balancer that forwards to the group.
fn user(elb: &Elb, group: &TargetGroup) -> Result<Option<LoadBalancer>, Error> {
    let uses = Uses::of(&*elb.store, &group.account)?;
    match uses.balancers(&group.arn).next() {
        Some(arn) => Ok(elb.store.get::<LoadBalancer>(arn)?.filter(|balancer| !balancer.deleted)),
        None => Ok(None),
    }
}

/// States of the targets' instances by their ids.
async fn instance_states(
    elb: &Elb,
    group: &TargetGroup,
    targets: &[&Target],
) -> Result<BTreeMap<String, String>, Error> {
    if group.kind != TargetKind::Instance {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<String> = targets.iter().map(|target| target.id.clone()).collect();
    let found = elb.instances(&group.account, &ids).await?;
    let state = |instance: freehold_api::ec2::Instance| Some((instance.instance_id?, instance.state?.name?));
    Ok(found.into_iter().filter_map(state).collect())
}

fn describe_one(group: &TargetGroup, target: &Target, health: health::Health) -> TargetHealthDescription {
    let is_function = group.kind == TargetKind::Lambda;
    TargetHealthDescription {
        target: Some(TargetDescription {
            id: Some(target.id.clone()),
            port: (!is_function).then(|| i32::from(target.port)),
            availability_zone: target.zone_was_named.then(|| target.zone.clone()),
            quic_server_id: None,
        }),
        health_check_port: (!is_function).then(|| group.check_port(target).to_string()),
        target_health: Some(health.into()),
        ..Default::default()
    }
}
