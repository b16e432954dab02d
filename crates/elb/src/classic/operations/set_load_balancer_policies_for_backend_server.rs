//! SetLoadBalancerPoliciesForBackendServer: these and no others.

use std::sync::Arc;

use freehold_api::elb::{SetLoadBalancerPoliciesForBackendServerInput, SetLoadBalancerPoliciesForBackendServerOutput};
use freehold_wire::Call;

use super::{listeners, policies};
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::PolicyType;

pub(super) async fn set_load_balancer_policies_for_backend_server(
    elb: Arc<Elb>,
    call: Call,
    input: SetLoadBalancerPoliciesForBackendServerInput,
) -> Result<SetLoadBalancerPoliciesForBackendServerOutput, freehold_wire::Error> {
    let port = listeners::port("InstancePort", input.instance_port)?;
    let names = input.policy_names.unwrap_or_default();
    let set = elb.change_classic(call.account(), input.load_balancer_name, move |balancer, classic| {
        let found = policies::named(&balancer.name, classic, &names)?;
        if found.iter().any(|policy| !matches!(policy, PolicyType::ProxyProtocol { .. })) {
            let why = "Only policies of the type ProxyProtocolPolicyType can be set for instance ports";
            return Err(Error::configuration(why));
        }
        if classic.listeners.iter().all(|listener| listener.instance_port != port) {
            return Err(Error::configuration(format!("No listener has the instance port {port}")));
        }
        match names.is_empty() {
            true => drop(classic.backends.remove(&port)),
            false => drop(classic.backends.insert(port, names)),
        }
        Ok(())
    });
    set.await?;
    Ok(SetLoadBalancerPoliciesForBackendServerOutput {})
}
