//! `AuthorizeSecurityGroupEgress`.

use std::sync::Arc;

use freehold_api::ec2::{AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResult};
use freehold_wire::Call;

use super::group::{self, Direction, GroupRef};
use super::permissions::{Plain, Wanted};
use super::view;
use crate::errors::{Error, Result};
use crate::operations::dry_run;
use crate::{Ec2, tagging};

pub async fn authorize_security_group_egress(
    ec2: Arc<Ec2>,
    call: Call,
    input: AuthorizeSecurityGroupEgressRequest,
) -> Result<AuthorizeSecurityGroupEgressResult> {
    let plain = Plain {
        protocol: input.ip_protocol,
        from_port: input.from_port,
        to_port: input.to_port,
        cidr: input.cidr_ip,
        source_group: input.source_security_group_name,
        source_owner: input.source_security_group_owner_id,
    };
    let group = GroupRef::new(input.group_id, None)?;
    let wanted = Wanted::parse(input.ip_permissions, plain)?;
    if wanted.is_empty() {
        return Err(Error::MissingParameter("ipPermissions"));
    }
    let tags = tagging::for_new("security-group-rule", input.tag_specifications)?;
    wanted.resolve(&mut ec2.committed(), &group.find(&mut ec2.committed(), call.account())?)?;
    dry_run(input.dry_run)?;

    let (group, added) = group::authorize(&ec2, &call, group, Direction::Egress, wanted, tags).await?;
    let shown = added.iter().map(|rule| view::rule(&ec2.region.name, &group, rule)).collect();
    Ok(AuthorizeSecurityGroupEgressResult { r#return: Some(true), security_group_rules: Some(shown) })
}
