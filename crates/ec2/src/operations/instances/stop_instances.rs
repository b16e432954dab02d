//! `StopInstances`.

use std::sync::Arc;

use freehold_api::ec2::{StopInstancesRequest, StopInstancesResult};
use freehold_wire::Call;
use jiff::SignedDuration;

use super::change_state::{Change, change_state};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::{Event, Instance, InstanceState, SpotKind};

/// How long a guest may take to shut down before it is cut off.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

pub async fn stop_instances(ec2: Arc<Ec2>, call: Call, input: StopInstancesRequest) -> Result<StopInstancesResult> {
    if input.hibernate == Some(true) {
        return Err(Error::other(
            "UnsupportedHibernationConfiguration",
            "The instance was not launched with hibernation enabled: Freehold does not hibernate instances.",
        ));
    }
    let at_once = input.force == Some(true) || input.skip_os_shutdown == Some(true);
    let change = Change { event: Event::Stop, participle: "stopped" };
    let changes = change_state(
        &ec2,
        call.account(),
        input.instance_ids,
        input.dry_run,
        change,
        |instance| {
            check_spot(instance)?;
            if !instance.disable_api_stop {
                return Ok(());
            }
            Err(Error::OperationNotPermitted(format!(
                "The instance '{}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.",
                instance.id
            )))
        },
        move |ec2, _, instance| {
            // Force also ends a stop that is under way.
            if instance.state == InstanceState::Stopping && (instance.halt_deadline.is_none() || at_once) {
                let grace = if at_once { SignedDuration::ZERO } else { GRACE };
                instance.halt_deadline = ec2.now().checked_add(grace).ok();
            }
            Ok(())
        },
    )
    .await?;
    Ok(StopInstancesResult { stopping_instances: Some(changes) })
}

/// *EC2 user guide, Stop a Spot Instance*
fn check_spot(instance: &Instance) -> Result<()> {
    if instance.spot.as_ref().is_none_or(|spot| spot.kind == SpotKind::Persistent) {
        return Ok(());
    }
    Err(Error::UnsupportedOperation(format!(
        "You can't stop the Spot Instance '{}' because it is associated with a one-time Spot Instance request. You can only \
         stop Spot Instances associated with persistent Spot Instance requests.",
        instance.id
    )))
}
