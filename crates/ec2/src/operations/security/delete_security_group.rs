//! `DeleteSecurityGroup`.

use std::sync::Arc;

use freehold_api::ec2::{DeleteSecurityGroupRequest, DeleteSecurityGroupResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::group::GroupRef;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{NetworkInterface, Peer, SecurityGroup};
use crate::operations::dry_run;

pub async fn delete_security_group(
    ec2: Arc<Ec2>,
    call: Call,
    input: DeleteSecurityGroupRequest,
) -> Result<DeleteSecurityGroupResult> {
    let group = GroupRef::new(input.group_id, input.group_name)?;
    check_unused(&mut ec2.committed(), &group.find(&mut ec2.committed(), call.account())?)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    let id = ec2
        .store
        .transact(move |tx| {
            let group = group.find(tx, &account)?;
            check_unused(tx, &group)?;
            tx.delete::<SecurityGroup>(&group.id)?;
            Ok::<_, Error>(group.id)
        })
        .await?;
    Ok(DeleteSecurityGroupResult { r#return: Some(true), group_id: Some(id) })
}

/// Neither an interface nor another group's rule may name it.
fn check_unused(from: &mut (impl Reader + ?Sized), group: &SecurityGroup) -> Result<()> {
    if group.name == "default" {
        let message = format!("the specified group: \"{}\" name: \"default\" cannot be deleted by a user", group.id);
        return Err(Error::other("CannotDelete", message));
    }
    let interfaces: Vec<NetworkInterface> = lookup::all(from, &group.account)?;
    let groups: Vec<SecurityGroup> = lookup::by_index(from, 0, &group.vpc)?;
    let names_it = |other: &&SecurityGroup| {
        other.id != group.id
            && other.rules.iter().any(|rule| matches!(&rule.peer, Peer::Group { group: id, .. } if *id == group.id))
    };
    if interfaces.iter().any(|eni| eni.groups.contains(&group.id)) || groups.iter().any(|other| names_it(&other)) {
        return Err(Error::DependencyViolation(format!("resource {} has a dependent object", group.id)));
    }
    Ok(())
}
