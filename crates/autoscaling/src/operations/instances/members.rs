//! Members, as requests name them.

use freehold_store::{Filter, Tx, TxExt};

use crate::errors::{Error, Result};
use crate::model::{Group, Member, Phase};

/// The account's member with this instance.
pub(super) fn of_instance(tx: &mut dyn Tx, account: &str, instance: &str) -> Result<Option<Member>> {
    let found = tx.list::<Member>(&Filter::index(1, instance).and_account(account))?;
    Ok(found.into_iter().next())
}

/// The group's members with these instances, each in one of the phases.
pub(super) fn all_in(tx: &mut dyn Tx, group: &Group, instances: &[String], phases: &[Phase]) -> Result<Vec<Member>> {
    if instances.is_empty() {
        return Err(Error::validation("At least one instance ID must be specified."));
    }
    let mut members = Vec::with_capacity(instances.len());
    for instance in instances {
        let member = of_instance(tx, &group.account, instance)?.filter(|member| member.group == group.id);
        let member = member.ok_or_else(|| {
            Error::validation(format!("The instance {instance} is not part of Auto Scaling group {}.", group.name))
        })?;
        if !phases.contains(&member.phase) {
            let wanted: Vec<String> = phases.iter().map(|phase| phase.name(false)).collect();
            return Err(Error::validation(format!(
                "The instance {instance} is not in {}. It is in {}.",
                wanted.join(" or "),
                member.state()
            )));
        }
        members.push(member);
    }
    Ok(members)
}

/// Lowers the desired capacity by what these members weigh, unless the minimum forbids it.
pub(super) fn shrink(group: &mut Group, members: &[Member], verb: &str) -> Result<(u32, u32)> {
    let before = group.desired;
    let weight: u32 =
        members.iter().filter(|member| member.phase == Phase::InService).map(|member| member.weight).sum();
    let after = before.saturating_sub(weight);
    if weight > 0 && after < group.min {
        return Err(Error::validation(format!(
            "AutoScalingGroup {} has min size {} and desired capacity {before}; the request to {verb} would violate its min size.",
            group.name, group.min
        )));
    }
    group.desired = after;
    Ok((before, after))
}
