//! RegisterTargets. One that is there already stays; one that drains is a new one again.

use std::sync::Arc;

use freehold_api::elbv2::{RegisterTargetsInput, RegisterTargetsOutput};
use freehold_balancer::config::TargetKind;
use freehold_store::{Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use super::resolve;
use crate::Elb;
use crate::errors::Error;
use crate::model::{LoadBalancer, Target, TargetGroup, Uses};
use crate::operations::quotas;

pub(super) async fn register_targets(
    elb: Arc<Elb>,
    call: Call,
    input: RegisterTargetsInput,
) -> Result<RegisterTargetsOutput, freehold_wire::Error> {
    let arn = input.target_group_arn.unwrap_or_default();
    let named = input.targets.unwrap_or_default();
    if named.is_empty() {
        return Err(Error::invalid("At least one target must be specified").into());
    }
    let group: TargetGroup = elb.find(call.account(), &arn)?;
    let targets = resolve::targets(&elb, &group, named).await?;
    let now = elb.now();
    elb.change::<TargetGroup, _>(call.account(), &arn, move |tx, group| add(tx, group, targets, now)).await?;
    Ok(RegisterTargetsOutput {})
}

fn add(tx: &mut dyn Tx, group: &mut TargetGroup, targets: Vec<Target>, now: Timestamp) -> Result<(), Error> {
    group.forget_drained(now);
    for target in targets {
        let is_it = |other: &&mut Target| (&other.id, other.port) == (&target.id, target.port);
        match group.targets.iter_mut().find(is_it) {
            Some(found) if found.is_draining() || found.address != target.address => *found = target,
            Some(_) => {}
            None => group.targets.push(target),
        }
    }
    let most = if group.kind == TargetKind::Lambda { 1 } else { quotas::TARGETS_PER_GROUP };
    let count = |group: &TargetGroup| group.targets.iter().filter(|target| !target.is_draining()).count();
    if count(group) > most {
        return Err(Error::too_many("TooManyTargets", format!("A target group of this type can have {most} targets")));
    }
    let uses = Uses::within(tx, &group.account)?;
    for balancer in uses.balancers(&group.arn) {
        let Some(balancer) = tx.get::<LoadBalancer>(balancer)? else { continue };
        let mut all = count(group);
        for other in uses.groups(&balancer.arn).filter(|other| **other != group.arn) {
            all += tx.get::<TargetGroup>(other)?.as_ref().map_or(0, count);
        }
        let most = quotas::targets_per_balancer(balancer.kind);
        if all > most {
            return Err(Error::too_many("TooManyTargets", format!("A load balancer can have {most} targets")));
        }
    }
    Ok(())
}
