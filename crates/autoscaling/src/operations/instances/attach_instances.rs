//! `AttachInstances`: running instances become members, and the desired capacity grows by them.

use std::sync::Arc;

use freehold_api::autoscaling::AttachInstancesQuery;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::members::of_instance;
use crate::errors::{Error, Result};
use crate::model::Group;
use crate::operations::check;
use crate::{AutoScaling, deeds};

/// *API reference, AttachInstances*
const INSTANCES_AT_MOST: usize = 20;

pub(super) async fn attach_instances(own: Arc<AutoScaling>, call: Call, input: AttachInstancesQuery) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let ids = input.instance_ids.unwrap_or_default();
    let account = call.account();
    let group = own.group(account, &name)?;
    if ids.is_empty() || ids.len() > INSTANCES_AT_MOST {
        return Err(Error::validation(format!("Between 1 and {INSTANCES_AT_MOST} instance IDs must be specified.")));
    }
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let seen = own.world.instance(account, &id).await.map_err(|error| check::refused("", error))?;
        let seen = seen.ok_or_else(|| Error::validation(format!("Invalid Instance ID(s): [{id}] specified")))?;
        if !seen.is_running() {
            return Err(Error::validation(format!("Instance {id} is not in correct state: {}.", seen.state)));
        }
        if !group.zones.contains(&seen.zone) {
            return Err(Error::validation(format!(
                "The instance {id} is in the Availability Zone {}, which is not in the Auto Scaling group.",
                seen.zone
            )));
        }
        all.push(seen);
    }
    // Before they are members, for without the mark health checks would not find them; a mark alone means nothing.
    for one in &all {
        if one.group.as_ref().is_some_and(|group| *group != name) {
            return Err(Error::validation(format!(
                "Instance {} is already part of AutoScalingGroup:{}",
                one.id,
                one.group.clone().unwrap_or_default()
            )));
        }
        own.world.mark(account, &one.id, &name).await.map_err(|error| check::refused("", error))?;
    }
    let now = own.now();
    own.store
        .transact(move |tx| {
            let mut group = tx.get::<Group>(&group.id)?.ok_or_else(|| Error::no_group(&group.name))?;
            for one in &all {
                if let Some(member) = of_instance(tx, &group.account, &one.id)? {
                    return Err(Error::validation(format!(
                        "Instance {} is already part of AutoScalingGroup:{}",
                        one.id, member.group_name
                    )));
                }
                deeds::attach(tx, &mut group, one, now)?;
            }
            if group.desired > group.max {
                return Err(Error::validation(format!(
                    "AutoScalingGroup {} has max size {}; the new desired capacity {} would exceed it.",
                    group.name, group.max, group.desired
                )));
            }
            Ok(tx.put(&group)?)
        })
        .await?;
    Ok(Unit)
}
