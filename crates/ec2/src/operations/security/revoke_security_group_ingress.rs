//! `RevokeSecurityGroupIngress`.

use std::sync::Arc;

use freehold_api::ec2::{RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult};
use freehold_wire::Call;

use super::group::{self, Direction, GroupRef};
use super::permissions::{Plain, Wanted};
use super::view;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::operations::dry_run;

pub async fn revoke_security_group_ingress(
    ec2: Arc<Ec2>,
    call: Call,
    input: RevokeSecurityGroupIngressRequest,
) -> Result<RevokeSecurityGroupIngressResult> {
    let plain = Plain {
        protocol: input.ip_protocol,
        from_port: input.from_port,
        to_port: input.to_port,
        cidr: input.cidr_ip,
        source_group: input.source_security_group_name,
        source_owner: input.source_security_group_owner_id,
    };
    let group = GroupRef::new(input.group_id, input.group_name)?;
    let wanted = Wanted::parse(input.ip_permissions, plain)?;
    let ids = input.security_group_rule_ids.unwrap_or_default();
    if wanted.is_empty() && ids.is_empty() {
        return Err(Error::Missing(
            "The request must contain the parameter ipPermissions or securityGroupRuleIds".into(),
        ));
    }
    group.find(&mut ec2.committed(), call.account())?;
    dry_run(input.dry_run)?;

    let revoked = group::revoke(&ec2, &call, group, Direction::Ingress, ids, wanted).await?;
    let shown = revoked.rules.iter().map(|rule| view::revoked_rule(&ec2.region.name, &revoked.group, rule));
    Ok(RevokeSecurityGroupIngressResult {
        r#return: Some(true),
        unknown_ip_permissions: Some(view::permissions(revoked.unknown.iter())),
        revoked_security_group_rules: Some(shown.collect()),
    })
}
