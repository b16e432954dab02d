//! `CreateSecurityGroup`.

use std::sync::Arc;

use freehold_api::ec2::{CreateSecurityGroupRequest, CreateSecurityGroupResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use ipnet::Ipv4Net;

use super::{group, view};
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{Peer, Protocol, SecurityGroup, SecurityGroupRule, Tags, Vpc};
use crate::operations::dry_run;
use crate::{Ec2, new_id, tagging};

pub async fn create_security_group(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateSecurityGroupRequest,
) -> Result<CreateSecurityGroupResult> {
    let name = check_text("groupName", input.group_name)?;
    let description = check_text("GroupDescription", input.description)?;
    if name.eq_ignore_ascii_case("default") {
        return Err(Error::InvalidParameterValue("Cannot use reserved security group name: default".into()));
    }
    if name.starts_with("sg-") {
        return Err(Error::invalid_value("groupName", name, "Group names may not be in the format sg-*."));
    }
    let tags = tagging::for_new("security-group", input.tag_specifications)?;
    let vpc: Vpc = match input.vpc_id {
        Some(id) => lookup::one(&mut ec2.committed(), call.account(), &id)?,
        None => group::default_vpc(&mut ec2.committed(), call.account())?,
    };
    refuse_known_name(&mut ec2.committed(), &vpc, &name)?;
    dry_run(input.dry_run)?;

    let group = SecurityGroup {
        id: new_id("sg"),
        account: call.account().to_owned(),
        vpc: vpc.id.clone(),
        name,
        description,
        rules: vec![allow_all_out()],
        tags,
    };
    let group = ec2
        .store
        .transact(move |tx| {
            let vpc: Vpc = lookup::one(tx, &group.account, &vpc.id)?;
            refuse_known_name(tx, &vpc, &group.name)?;
            tx.put(&group)?;
            Ok::<_, Error>(group)
        })
        .await?;
    Ok(CreateSecurityGroupResult {
        security_group_arn: Some(view::group_arn(&ec2.region.name, &group)),
        tags: crate::view::tags(&group.tags),
        group_id: Some(group.id),
    })
}

/// What every group is born with (*VPC user guide, Security group basics*).
fn allow_all_out() -> SecurityGroupRule {
    SecurityGroupRule {
        id: new_id("sgr"),
        egress: true,
        protocol: Protocol::All,
        peer: Peer::Ipv4(Ipv4Net::default()),
        description: None,
        tags: Tags::default(),
    }
}

/// *API reference, CreateSecurityGroup: GroupName, GroupDescription*.
fn check_text(parameter: &'static str, text: Option<String>) -> Result<String> {
    let text = text.filter(|text| !text.is_empty()).ok_or(Error::MissingParameter(parameter))?;
    let legal = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    if text.chars().count() > 255 || !text.chars().all(legal) {
        return Err(Error::invalid_value(
            parameter,
            text,
            "Character sets beyond ASCII are not supported; up to 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*.",
        ));
    }
    Ok(text)
}

fn refuse_known_name(from: &mut (impl Reader + ?Sized), vpc: &Vpc, name: &str) -> Result<()> {
    let named: Vec<SecurityGroup> = lookup::by_account_index(from, &vpc.account, 1, name)?;
    if named.iter().any(|group| group.vpc == vpc.id) {
        let message = format!("The security group '{name}' already exists for VPC '{}'", vpc.id);
        return Err(Error::other("InvalidGroup.Duplicate", message));
    }
    Ok(())
}
