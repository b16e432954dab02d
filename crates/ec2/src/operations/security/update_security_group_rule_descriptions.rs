//! `UpdateSecurityGroupRuleDescriptionsIngress` and `…Egress`: one operation with two names.

use std::sync::Arc;

use freehold_api::ec2::{
    IpPermission, SecurityGroupRuleDescription, UpdateSecurityGroupRuleDescriptionsEgressRequest,
    UpdateSecurityGroupRuleDescriptionsEgressResult, UpdateSecurityGroupRuleDescriptionsIngressRequest,
    UpdateSecurityGroupRuleDescriptionsIngressResult,
};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::group::{self, Direction, GroupRef};
use super::permissions::{Plain, Wanted, check_description};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::operations::dry_run;

pub async fn ingress(
    ec2: Arc<Ec2>,
    call: Call,
    input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
) -> Result<UpdateSecurityGroupRuleDescriptionsIngressResult> {
    let group = GroupRef::new(input.group_id, input.group_name)?;
    let named = Named::parse(input.ip_permissions, input.security_group_rule_descriptions)?;
    update(&ec2, &call, group, Direction::Ingress, named, input.dry_run).await?;
    Ok(UpdateSecurityGroupRuleDescriptionsIngressResult { r#return: Some(true) })
}

pub async fn egress(
    ec2: Arc<Ec2>,
    call: Call,
    input: UpdateSecurityGroupRuleDescriptionsEgressRequest,
) -> Result<UpdateSecurityGroupRuleDescriptionsEgressResult> {
    let group = GroupRef::new(input.group_id, input.group_name)?;
    let named = Named::parse(input.ip_permissions, input.security_group_rule_descriptions)?;
    update(&ec2, &call, group, Direction::Egress, named, input.dry_run).await?;
    Ok(UpdateSecurityGroupRuleDescriptionsEgressResult { r#return: Some(true) })
}

/// The rules whose descriptions change: by what they allow, or by id.
struct Named {
    permissions: Wanted,
    ids: Vec<(String, Option<String>)>,
}

impl Named {
    fn parse(
        permissions: Option<Vec<IpPermission>>,
        descriptions: Option<Vec<SecurityGroupRuleDescription>>,
    ) -> Result<Self> {
        let permissions = Wanted::parse(permissions, Plain::default())?;
        let by_id = |named: SecurityGroupRuleDescription| {
            let id = named.security_group_rule_id.ok_or(Error::MissingParameter("securityGroupRuleId"))?;
            Ok((id, check_description(named.description)?))
        };
        let ids = descriptions.unwrap_or_default().into_iter().map(by_id).collect::<Result<Vec<_>>>()?;
        if permissions.is_empty() == ids.is_empty() {
            return Err(Error::InvalidParameterCombination(
                "Exactly one of ipPermissions and securityGroupRuleDescriptions must be specified.".into(),
            ));
        }
        Ok(Self { permissions, ids })
    }
}

async fn update(
    ec2: &Ec2,
    call: &Call,
    group: GroupRef,
    direction: Direction,
    named: Named,
    asked_dry_run: Option<bool>,
) -> Result<()> {
    group.find(&mut ec2.committed(), call.account())?;
    dry_run(asked_dry_run)?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut group = group.find(tx, &account)?;
            for (id, description) in named.ids {
                let known = group.rules.iter_mut().find(|rule| rule.id == id && rule.egress == direction.is_egress());
                known.ok_or_else(|| group::rule_not_found(&id))?.description = description;
            }
            for mut wanted in named.permissions.resolve(tx, &group)? {
                wanted.egress = direction.is_egress();
                let known = group.rules.iter_mut().find(|rule| rule.is_same_permission(&wanted));
                let missing = || {
                    let message = "The specified rule does not exist in this security group.";
                    Error::other("InvalidPermission.NotFound", message)
                };
                known.ok_or_else(missing)?.description = wanted.description;
            }
            Ok(tx.put(&group)?)
        })
        .await
}
