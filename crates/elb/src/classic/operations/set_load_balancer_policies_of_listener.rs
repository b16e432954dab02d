//! SetLoadBalancerPoliciesOfListener: these and no others.

use std::sync::Arc;

use freehold_api::elb::{SetLoadBalancerPoliciesOfListenerInput, SetLoadBalancerPoliciesOfListenerOutput};
use freehold_balancer::config::Protocol;
use freehold_wire::Call;

use super::{listeners, policies};
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::{Classic, Listener, PolicyType};

pub(super) async fn set_load_balancer_policies_of_listener(
    elb: Arc<Elb>,
    call: Call,
    input: SetLoadBalancerPoliciesOfListenerInput,
) -> Result<SetLoadBalancerPoliciesOfListenerOutput, freehold_wire::Error> {
    let port = listeners::port("LoadBalancerPort", input.load_balancer_port)?;
    let names = input.policy_names.unwrap_or_default();
    let set = elb.change_classic(call.account(), input.load_balancer_name, move |balancer, classic| {
        set(&balancer.name, classic, port, names)
    });
    set.await?;
    Ok(SetLoadBalancerPoliciesOfListenerOutput {})
}

fn set(balancer: &str, classic: &mut Classic, port: u16, names: Vec<String>) -> Result<(), Error> {
    let found = policies::named(balancer, classic, &names)?;
    let listener = classic.listeners.iter_mut().find(|listener| listener.port == port);
    let listener = listener.ok_or(Error::ListenerNotFound(port))?;
    check(listener, &found)?;
    listener.policies = names;
    Ok(())
}

/// What a policy is for, and that there is one of each kind (*User Guide for Classic Load Balancers, Sticky sessions,
/// SSL negotiation configurations, Proxy protocol*).
fn check(listener: &Listener, policies: &[PolicyType]) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::configuration(why));
    let count = |is_it: fn(&PolicyType) -> bool| policies.iter().filter(|policy| is_it(policy)).count();
    let sticky = count(PolicyType::is_stickiness);
    let negotiates = count(|policy| matches!(policy, PolicyType::SslNegotiation { .. }));
    if count(|policy| matches!(policy, PolicyType::ProxyProtocol { .. })) > 0 {
        return refuse("Policies of the type ProxyProtocolPolicyType are set for instance ports, not for listeners");
    }
    if sticky > 1 || negotiates > 1 {
        return refuse("A listener can have one policy for stickiness and one for SSL negotiation");
    }
    if sticky > 0 && !matches!(listener.protocol, Protocol::Http | Protocol::Https) {
        return refuse("Policies for stickiness can be set on HTTP and HTTPS listeners only");
    }
    if negotiates > 0 && listener.certificate.is_none() {
        return refuse("Policies for SSL negotiation can be set on HTTPS and SSL listeners only");
    }
    Ok(())
}
