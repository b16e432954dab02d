//! SetSecurityGroups.

use std::sync::Arc;

use freehold_api::elbv2::{SetSecurityGroupsInput, SetSecurityGroupsOutput};
use freehold_balancer::config::Kind;
use freehold_wire::Call;

use crate::Elb;
use crate::errors::Error;
use crate::model::LoadBalancer;

pub(super) async fn set_security_groups(
    elb: Arc<Elb>,
    call: Call,
    input: SetSecurityGroupsInput,
) -> Result<SetSecurityGroupsOutput, freehold_wire::Error> {
    let arn = input.load_balancer_arn.unwrap_or_default();
    let groups = input.security_groups.unwrap_or_default();
    let enforce = input.enforce_security_group_inbound_rules_on_private_link_traffic;
    let balancer: LoadBalancer = elb.find(call.account(), &arn)?;
    check(&balancer, &groups, enforce.as_deref())?;
    elb.check_security_groups(call.account(), &balancer.vpc, &groups).await?;
    let set = elb.change::<LoadBalancer, _>(call.account(), &arn, move |_, balancer| {
        balancer.security_groups = groups;
        if enforce.is_some() {
            balancer.enforce_on_private_link = enforce;
        }
        Ok(())
    });
    let changed = set.await?;
    Ok(SetSecurityGroupsOutput {
        security_group_ids: Some(changed.security_groups),
        enforce_security_group_inbound_rules_on_private_link_traffic: changed.enforce_on_private_link,
    })
}

fn check(balancer: &LoadBalancer, groups: &[String], enforce: Option<&str>) -> Result<(), Error> {
    if groups.is_empty() {
        return Err(Error::invalid("At least one security group must be specified"));
    }
    match balancer.kind {
        // NLB user guide, Security groups: only if it was created with some.
        Kind::Network if balancer.security_groups.is_empty() => Err(Error::InvalidConfiguration(format!(
            "Security groups cannot be set for load balancer '{}': it was created without any",
            balancer.arn
        ))),
        // There is no PrivateLink that could come by another way.
        _ if enforce == Some("off") => Err(Error::InvalidConfiguration(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic can only be 'on' in this region".into(),
        )),
        Kind::Application | Kind::Classic if enforce.is_some() => Err(Error::InvalidConfiguration(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic can be specified for network load balancers only"
                .into(),
        )),
        _ => Ok(()),
    }
}
