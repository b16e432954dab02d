//! DescribeLoadBalancerPolicies: a balancer's, or those that AWS predefines.

use std::sync::Arc;

use freehold_api::elb::{DescribeLoadBalancerPoliciesInput, DescribeLoadBalancerPoliciesOutput};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::Policy;

pub(super) async fn describe_load_balancer_policies(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeLoadBalancerPoliciesInput,
) -> Result<DescribeLoadBalancerPoliciesOutput, freehold_wire::Error> {
    let name = input.load_balancer_name.filter(|name| !name.is_empty());
    let of = name.clone().unwrap_or_default();
    let all = match name {
        Some(name) => elb.classic(call.account(), Some(name))?.1.policies,
        None => Policy::all_predefined(),
    };
    let named = input.policy_names.unwrap_or_default();
    if let Some(missing) = named.iter().find(|name| all.iter().all(|policy| policy.name != **name)) {
        return Err(Error::PolicyNotFound(missing.clone(), of).into());
    }
    let is_asked = |policy: &&Policy| named.is_empty() || named.contains(&policy.name);
    let shown = all.iter().filter(is_asked).map(view::policy).collect();
    Ok(DescribeLoadBalancerPoliciesOutput { policy_descriptions: Some(shown) })
}
