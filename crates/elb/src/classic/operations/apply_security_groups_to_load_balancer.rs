//! ApplySecurityGroupsToLoadBalancer: these and no others.

use std::sync::Arc;

use freehold_api::elb::{ApplySecurityGroupsToLoadBalancerInput, ApplySecurityGroupsToLoadBalancerOutput};
use freehold_wire::Call;

use crate::Elb;
use crate::classic::errors::Error;

pub(super) async fn apply_security_groups_to_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: ApplySecurityGroupsToLoadBalancerInput,
) -> Result<ApplySecurityGroupsToLoadBalancerOutput, freehold_wire::Error> {
    let (balancer, _) = elb.classic(call.account(), input.load_balancer_name)?;
    let groups = input.security_groups.unwrap_or_default();
    if groups.is_empty() {
        return Err(Error::invalid("SecurityGroups must not be empty").into());
    }
    elb.check_security_groups(call.account(), &balancer.vpc, &groups).await.map_err(Error::from)?;
    let security_groups = Some(groups.clone());
    let set = elb.change_classic(call.account(), Some(balancer.name), move |balancer, _| {
        balancer.security_groups = groups;
        Ok(())
    });
    set.await?;
    Ok(ApplySecurityGroupsToLoadBalancerOutput { security_groups })
}
