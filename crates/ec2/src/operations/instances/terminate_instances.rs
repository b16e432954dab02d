//! `TerminateInstances`.

use std::sync::Arc;

use freehold_api::ec2::{TerminateInstancesRequest, TerminateInstancesResult};
use freehold_wire::Call;
use jiff::SignedDuration;

use super::change_state::{Change, change_state};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::{Event, InstanceState};

/// The guest may finish what it does; its disk goes anyway.
const GRACE: SignedDuration = SignedDuration::from_secs(10);

pub async fn terminate_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: TerminateInstancesRequest,
) -> Result<TerminateInstancesResult> {
    let at_once = input.force == Some(true) || input.skip_os_shutdown == Some(true);
    let change = Change { event: Event::Terminate, participle: "terminated" };
    let changes = change_state(
        &ec2,
        call.account(),
        input.instance_ids,
        input.dry_run,
        change,
        |instance| {
            if !instance.disable_api_termination || instance.state.is_ending() {
                return Ok(());
            }
            Err(Error::OperationNotPermitted(format!(
                "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
                instance.id
            )))
        },
        move |ec2, _, instance| {
            if instance.state == InstanceState::ShuttingDown && (instance.halt_deadline.is_none() || at_once) {
                let grace = if at_once { SignedDuration::ZERO } else { GRACE };
                instance.halt_deadline = ec2.now().checked_add(grace).ok();
            }
            Ok(())
        },
    )
    .await?;
    Ok(TerminateInstancesResult { terminating_instances: Some(changes) })
}
