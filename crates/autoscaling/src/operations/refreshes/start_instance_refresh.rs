//! `StartInstanceRefresh`.

use std::sync::Arc;

use freehold_api::autoscaling::{StartInstanceRefreshAnswer, StartInstanceRefreshType};
use freehold_core::ids::uuid;
use freehold_store::TxExt;
use freehold_wire::Call;

use super::active::active;
use super::preferences;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{LaunchSource, Progress, Refresh, RefreshStatus};
use crate::operations::check;
use crate::operations::groups::source::{self, Said};

pub(super) async fn start_instance_refresh(
    own: Arc<AutoScaling>,
    call: Call,
    input: StartInstanceRefreshType,
) -> Result<StartInstanceRefreshAnswer> {
    let account = call.account();
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    match input.strategy.as_deref() {
        None | Some("Rolling") => {}
        Some("ReplaceRootVolume") => return Err(Error::no_effect("Strategy=ReplaceRootVolume")),
        Some(other) => return Err(Error::validation(format!("Invalid strategy: {other}"))),
    }
    let mut group = own.group(account, &name)?;
    let desired = input.desired_configuration.unwrap_or_default();
    let said = Said { configuration: None, template: desired.launch_template, mixed: desired.mixed_instances_policy };
    let wanted = source::source(&own, account, said).await?;
    let preferences = preferences::read(input.preferences.unwrap_or_default(), &group)?;
    if preferences.auto_rollback {
        can_return(&group.source, wanted.as_ref())?;
    }
    if let Some(wanted) = &wanted {
        group.refreshing = Some(wanted.clone());
        source::try_out(&own, &group).await?;
    }
    let (id, now) = (uuid(), own.now());
    let answer = id.clone();
    own.change_group(account, &name, move |tx, group| {
        if active(tx, group)?.is_some() {
            return Err(Error::InstanceRefreshInProgress);
        }
        group.serial += 1;
        Ok(tx.put(&Refresh {
            id,
            account: group.account.clone(),
            group: group.id.clone(),
            group_name: group.name.clone(),
            status: RefreshStatus::Pending,
            reason: None,
            start: now,
            end: None,
            preferences,
            wanted,
            before: group.source.clone(),
            doomed: Vec::new(),
            progress: Progress::default(),
            checkpoints_passed: 0,
            waits_until: None,
            rollback: None,
            serial: group.serial,
        })?)
    })
    .await?;
    Ok(StartInstanceRefreshAnswer { instance_refresh_id: Some(answer) })
}

/// What a rollback needs: a configuration to go to, and one to return to that is not whatever is the newest (*User guide,
/// Undo changes with a rollback*).
pub(super) fn can_return(before: &LaunchSource, wanted: Option<&LaunchSource>) -> Result<()> {
    if wanted.is_none() {
        return Err(Error::validation("A rollback requires a desired configuration."));
    }
    let moves = |version: &Option<String>| matches!(version.as_deref(), None | Some("$Latest" | "$Default"));
    let template = match before {
        LaunchSource::Template(template) => Some(template),
        LaunchSource::Mixed(policy) => Some(&policy.template),
        LaunchSource::Configuration(_) => None,
    };
    if template.is_some_and(|template| moves(&template.version)) {
        return Err(Error::validation(
            "A rollback requires that the Auto Scaling group uses a launch template version other than $Latest or $Default.",
        ));
    }
    Ok(())
}
