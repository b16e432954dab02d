//! DeregisterTargets. A target that a balancer sends requests to drains for as long as the group says; one that is not
//! there is gone already.

use std::sync::Arc;

use freehold_api::elbv2::{DeregisterTargetsInput, DeregisterTargetsOutput, TargetDescription};
use freehold_store::Tx;
use freehold_wire::Call;
use jiff::Timestamp;

use super::resolve;
use crate::Elb;
use crate::errors::Error;
use crate::model::{TargetGroup, Uses};

pub(super) async fn deregister_targets(
    elb: Arc<Elb>,
    call: Call,
    input: DeregisterTargetsInput,
) -> Result<DeregisterTargetsOutput, freehold_wire::Error> {
    let arn = input.target_group_arn.unwrap_or_default();
    let named = input.targets.unwrap_or_default();
    if named.is_empty() {
        return Err(Error::invalid("At least one target must be specified").into());
    }
    let now = elb.now();
    elb.change::<TargetGroup, _>(call.account(), &arn, move |tx, group| remove(tx, group, &named, now)).await?;
    Ok(DeregisterTargetsOutput {})
}

fn remove(tx: &mut dyn Tx, group: &mut TargetGroup, named: &[TargetDescription], now: Timestamp) -> Result<(), Error> {
    let is_used = Uses::within(tx, &group.account)?.is_used(&group.arn);
    group.forget_drained(now);
    for named in named {
        let (id, port) = (named.id.as_deref().unwrap_or_default(), resolve::port(group, named)?);
        let at = group.targets.iter().position(|target| target.id == id && target.port == port);
        match at {
            Some(at) if is_used => _ = group.targets[at].draining_since.get_or_insert(now),
            Some(at) => _ = group.targets.remove(at),
            None => {}
        }
    }
    // Without a delay they are gone at once.
    group.forget_drained(now);
    Ok(())
}
