//! `StartInstances`.

use std::sync::Arc;

use freehold_api::ec2::{StartInstancesRequest, StartInstancesResult};
use freehold_store::Tx;
use freehold_wire::Call;

use super::change_state::{Change, change_state};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::launch;
use crate::model::{Event, Instance, InstanceState, SpotRequest, SpotState};

pub async fn start_instances(ec2: Arc<Ec2>, call: Call, input: StartInstancesRequest) -> Result<StartInstancesResult> {
    if input.additional_info.is_some() {
        return Err(Error::no_effect("AdditionalInfo"));
    }
    let change = Change { event: Event::Start, participle: "started" };
    let effect = |ec2: &Ec2, tx: &mut dyn Tx, instance: &mut Instance| {
        if instance.state != InstanceState::Pending {
            return Ok(());
        }
        launch::begin_start(ec2, tx, instance)
    };
    let ids = input.instance_ids.clone().unwrap_or_default();
    let requests = Arc::clone(&ec2);
    let check = move |instance: &Instance| check_spot(&requests, instance);
    let changes = change_state(&ec2, call.account(), input.instance_ids, input.dry_run, change, check, effect).await;
    if changes.is_err() {
        for id in &ids {
            launch::give_back(&ec2, id)?;
        }
    }
    Ok(StartInstancesResult { starting_instances: Some(changes?) })
}

/// The request must still be there to bring it room: one whose room was taken back is started by EC2 itself.
fn check_spot(ec2: &Ec2, instance: &Instance) -> Result<()> {
    use freehold_store::StoreExt;
    let Some(spot) = instance.spot.as_ref().filter(|_| instance.state == InstanceState::Stopped) else { return Ok(()) };
    let request = ec2.store.get::<SpotRequest>(&spot.request)?;
    if request.is_some_and(|request| request.state == SpotState::Disabled) {
        return Ok(());
    }
    Err(Error::other(
        "IncorrectSpotRequestState",
        format!(
            "You can't start the Spot Instance '{}' because the associated Spot Instance request is not in an appropriate \
             state to support start.",
            instance.id
        ),
    ))
}
