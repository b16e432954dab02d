//! DeregisterInstancesFromLoadBalancer. With connection draining it drains first.

use std::sync::Arc;

use freehold_api::elb::{DeregisterEndPointsInput, DeregisterEndPointsOutput};
use freehold_wire::Call;

use super::register_instances_with_load_balancer::{ids, missing};
use super::view;
use crate::Elb;
use crate::classic::model::{drain_seconds, forget_drained};

pub(super) async fn deregister_instances_from_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: DeregisterEndPointsInput,
) -> Result<DeregisterEndPointsOutput, freehold_wire::Error> {
    let (ids, now) = (ids(input.instances)?, elb.now());
    let left = elb.change_classic(call.account(), input.load_balancer_name, move |balancer, classic| {
        for id in ids {
            let found = classic.instances.iter_mut().find(|instance| instance.id == id);
            found.ok_or_else(|| missing(&id))?.draining_since.get_or_insert(now);
        }
        // Without draining they are gone at once.
        forget_drained(&mut classic.instances, drain_seconds(balancer), now);
        Ok(view::instances(&classic.instances))
    });
    Ok(DeregisterEndPointsOutput { instances: Some(left.await?) })
}
