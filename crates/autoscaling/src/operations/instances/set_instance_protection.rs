//! `SetInstanceProtection`: from being chosen when the group shrinks, and from nothing else.

use std::sync::Arc;

use freehold_api::autoscaling::{SetInstanceProtectionAnswer, SetInstanceProtectionQuery};
use freehold_store::TxExt;
use freehold_wire::Call;

use super::members::all_in;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::Phase;
use crate::operations::check;

/// *API reference, SetInstanceProtection*
const INSTANCES_AT_MOST: usize = 50;
/// Those that are not on their way out.
const PHASES: [Phase; 8] = [
    Phase::Pending,
    Phase::PendingWait,
    Phase::PendingProceed,
    Phase::InService,
    Phase::EnteringStandby,
    Phase::Standby,
    Phase::Running,
    Phase::Stopped,
];

pub(super) async fn set_instance_protection(
    own: Arc<AutoScaling>,
    call: Call,
    input: SetInstanceProtectionQuery,
) -> Result<SetInstanceProtectionAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let ids = input.instance_ids.unwrap_or_default();
    if ids.len() > INSTANCES_AT_MOST {
        return Err(Error::validation(format!("At most {INSTANCES_AT_MOST} instance IDs can be specified.")));
    }
    let protected = input.protected_from_scale_in.unwrap_or(false);
    own.change_group(call.account(), &name, move |tx, group| {
        for mut member in all_in(tx, group, &ids, &PHASES)? {
            member.protected = protected;
            tx.put(&member)?;
        }
        Ok(())
    })
    .await?;
    Ok(SetInstanceProtectionAnswer {})
}
