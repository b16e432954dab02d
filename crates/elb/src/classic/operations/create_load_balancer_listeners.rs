//! CreateLoadBalancerListeners.

use std::sync::Arc;

use freehold_api::elb::{CreateLoadBalancerListenerInput, CreateLoadBalancerListenerOutput};
use freehold_wire::Call;

use super::listeners;
use crate::Elb;

pub(super) async fn create_load_balancer_listeners(
    elb: Arc<Elb>,
    call: Call,
    input: CreateLoadBalancerListenerInput,
) -> Result<CreateLoadBalancerListenerOutput, freehold_wire::Error> {
    let (balancer, _) = elb.classic(call.account(), input.load_balancer_name)?;
    let wanted = listeners::wanted(&elb, call.account(), input.listeners).await?;
    let name = balancer.name.clone();
    let add = move |_: &mut _, classic: &mut _| listeners::add(&name, classic, wanted);
    elb.change_classic(call.account(), Some(balancer.name), add).await?;
    Ok(CreateLoadBalancerListenerOutput {})
}
