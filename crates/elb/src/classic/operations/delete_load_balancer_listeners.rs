//! DeleteLoadBalancerListeners. Ports without one are free already.

use std::sync::Arc;

use freehold_api::elb::{DeleteLoadBalancerListenerInput, DeleteLoadBalancerListenerOutput};
use freehold_wire::Call;

use crate::Elb;

pub(super) async fn delete_load_balancer_listeners(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteLoadBalancerListenerInput,
) -> Result<DeleteLoadBalancerListenerOutput, freehold_wire::Error> {
    let ports = input.load_balancer_ports.unwrap_or_default();
    let deleted = elb.change_classic(call.account(), input.load_balancer_name, move |_, classic| {
        classic.listeners.retain(|listener| !ports.contains(&listener.port.into()));
        Ok(())
    });
    deleted.await?;
    Ok(DeleteLoadBalancerListenerOutput {})
}
