//! DeleteLoadBalancerPolicy, of one that is set nowhere.

use std::sync::Arc;

use freehold_api::elb::{DeleteLoadBalancerPolicyInput, DeleteLoadBalancerPolicyOutput};
use freehold_wire::Call;

use crate::Elb;
use crate::classic::errors::Error;

pub(super) async fn delete_load_balancer_policy(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteLoadBalancerPolicyInput,
) -> Result<DeleteLoadBalancerPolicyOutput, freehold_wire::Error> {
    let name = input.policy_name.unwrap_or_default();
    let deleted = elb.change_classic(call.account(), input.load_balancer_name, move |_, classic| {
        let mut set = classic.listeners.iter().map(|listener| &listener.policies).chain(classic.backends.values());
        if set.any(|names| names.contains(&name)) {
            return Err(Error::configuration(format!("The policy {name} is in use and cannot be deleted")));
        }
        let had = classic.policies.len();
        classic.policies.retain(|policy| policy.name != name);
        match classic.policies.len() == had {
            true => Err(Error::configuration(format!("There is no policy with name {name}"))),
            false => Ok(()),
        }
    });
    deleted.await?;
    Ok(DeleteLoadBalancerPolicyOutput {})
}
