//! Finding a security group as requests name it, and changing its rules.

use freehold_core::ids;
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::permissions::{self, Wanted};
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{SecurityGroup, SecurityGroupRule, Tags, Vpc};
use crate::{Ec2, new_id};

/// Rules of one group in one direction (*VPC user guide, Amazon VPC quotas*).
pub(super) const MAX_RULES: usize = 60;

/// A group by its id, or by its name in the default VPC.
#[derive(Debug, Clone)]
pub(super) struct GroupRef {
    id: Option<String>,
    name: Option<String>,
}

impl GroupRef {
    pub(super) fn new(id: Option<String>, name: Option<String>) -> Result<Self> {
        if id.is_none() && name.is_none() {
            return Err(Error::Missing("The request must contain the parameter groupName or groupId".into()));
        }
        Ok(Self { id, name })
    }

    pub(super) fn find(&self, from: &mut (impl Reader + ?Sized), account: &str) -> Result<SecurityGroup> {
        match (&self.id, &self.name) {
            (Some(id), _) => lookup::one(from, account, id),
            (None, Some(name)) => {
                let vpc = default_vpc(from, account)?;
                by_name(from, account, &vpc.id, name)
            }
            (None, None) => Err(Error::MissingParameter("groupId")),
        }
    }
}

pub(super) fn default_vpc(from: &mut (impl Reader + ?Sized), account: &str) -> Result<Vpc> {
    let vpcs: Vec<Vpc> = lookup::all(from, account)?;
    vpcs.into_iter()
        .find(|vpc| vpc.is_default)
        .ok_or_else(|| Error::other("VPCIdNotSpecified", "No default VPC for this user"))
}

pub(super) fn by_name(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    vpc: &str,
    name: &str,
) -> Result<SecurityGroup> {
    let named: Vec<SecurityGroup> = lookup::by_account_index(from, account, 1, name)?;
    named.into_iter().find(|group| group.vpc == vpc).ok_or_else(|| Error::NotFound {
        code: "InvalidGroup.NotFound",
        message: format!("The security group '{name}' does not exist in VPC '{vpc}'"),
    })
}

/// Whether rules let packets in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    pub(super) fn is_egress(self) -> bool {
        self == Self::Egress
    }
}

/// Adds rules and returns them with the group that they are in. All or none.
pub(super) async fn authorize(
    ec2: &Ec2,
    call: &Call,
    group: GroupRef,
    direction: Direction,
    wanted: Wanted,
    tags: Tags,
) -> Result<(SecurityGroup, Vec<SecurityGroupRule>)> {
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut group = group.find(tx, &account)?;
            let mut added = wanted.resolve(tx, &group)?;
            for rule in &mut added {
                rule.id = new_id("sgr");
                rule.egress = direction.is_egress();
                rule.tags = tags.clone();
                if let Some(known) = group.rules.iter().find(|known| known.is_same_permission(rule)) {
                    return Err(permissions::duplicate(known));
                }
                group.rules.push(rule.clone());
            }
            if group.rules.iter().filter(|rule| rule.egress == direction.is_egress()).count() > MAX_RULES {
                return Err(Error::other(
                    "RulesPerSecurityGroupLimitExceeded",
                    "The maximum number of rules per security group has been reached.",
                ));
            }
            tx.put(&group)?;
            Ok((group, added))
        })
        .await
}

/// What a revocation took away, and which of the permissions it named were not there.
pub(super) struct Revoked {
    pub group: SecurityGroup,
    pub rules: Vec<SecurityGroupRule>,
    pub unknown: Vec<SecurityGroupRule>,
}

/// Takes rules away, named by their ids or by what they allow.
pub(super) async fn revoke(
    ec2: &Ec2,
    call: &Call,
    group: GroupRef,
    direction: Direction,
    ids: Vec<String>,
    wanted: Wanted,
) -> Result<Revoked> {
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut group = group.find(tx, &account)?;
            let mut revoked = Vec::new();
            let mut unknown = Vec::new();
            for id in &ids {
                match group.rules.iter().position(|rule| rule.id == *id && rule.egress == direction.is_egress()) {
                    Some(at) => revoked.push(group.rules.remove(at)),
                    None => return Err(rule_not_found(id)),
                }
            }
            for mut rule in wanted.resolve(tx, &group)? {
                rule.egress = direction.is_egress();
                match group.rules.iter().position(|known| known.is_same_permission(&rule)) {
                    Some(at) => revoked.push(group.rules.remove(at)),
                    None => unknown.push(rule),
                }
            }
            if !unknown.is_empty() && !is_in_default_vpc(tx, &group)? {
                return Err(Error::other(
                    "InvalidPermission.NotFound",
                    "The specified rule does not exist in this security group.",
                ));
            }
            tx.put(&group)?;
            Ok(Revoked { group, rules: revoked, unknown })
        })
        .await
}

/// There AWS tells of unknown permissions in the answer instead of refusing them (*API reference,
/// RevokeSecurityGroupIngress*).
fn is_in_default_vpc(tx: &mut dyn Tx, group: &SecurityGroup) -> Result<bool> {
    Ok(tx.get::<Vpc>(&group.vpc)?.is_some_and(|vpc| vpc.is_default))
}

pub(super) fn rule_not_found(id: &str) -> Error {
    if !ids::is_well_formed("sgr", id) {
        return Error::MalformedExpecting {
            code: "InvalidSecurityGroupRuleId.Malformed",
            id: id.to_owned(),
            prefix: "sgr",
        };
    }
    let message = format!("The security group rule ID '{id}' does not exist");
    Error::NotFound { code: "InvalidSecurityGroupRuleId.NotFound", message }
}
