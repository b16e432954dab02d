//! `CancelSpotInstanceRequests`: instances that run go on, those that are stopped end (*EC2 user guide, Cancel a Spot
//! Instance request*).

use std::sync::Arc;

use freehold_api::ec2::{
    CancelSpotInstanceRequestsRequest, CancelSpotInstanceRequestsResult, CancelledSpotInstanceRequest,
};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::model::{Binding, Event, Instance, InstanceState, SpotEvent, SpotRequest, SpotState};
use crate::operations::dry_run;

pub async fn cancel_spot_instance_requests(
    ec2: Arc<Ec2>,
    call: Call,
    input: CancelSpotInstanceRequestsRequest,
) -> Result<CancelSpotInstanceRequestsResult> {
    let ids = input.spot_instance_request_ids.filter(|ids| !ids.is_empty());
    let ids = ids.ok_or(Error::MissingParameter("SpotInstanceRequestId"))?;
    let (account, now, dry) = (call.account().to_owned(), ec2.now(), input.dry_run);
    let cancelled = ec2
        .store
        .transact(move |tx| {
            let requests: Vec<SpotRequest> = lookup::many(tx, &account, &ids)?;
            dry_run(dry)?;
            requests.into_iter().map(|request| cancel(tx, request, now)).collect::<Result<Vec<_>>>()
        })
        .await?;
    Ok(CancelSpotInstanceRequestsResult { cancelled_spot_instance_requests: Some(cancelled) })
}

fn cancel(tx: &mut dyn Tx, mut request: SpotRequest, now: Timestamp) -> Result<CancelledSpotInstanceRequest> {
    let instance = request.instance.as_ref().map(|id| tx.get::<Instance>(id)).transpose()?.flatten();
    let mut instance = instance.filter(|instance| !instance.state.is_ending());
    let binding = match &instance {
        None => Binding::Nothing,
        Some(instance) if instance.state == InstanceState::Stopped => Binding::Stopped,
        Some(_) => Binding::Running,
    };
    if request.apply(SpotEvent::Cancelled(binding), now) {
        tx.put(&request)?;
        if let Some(instance) = instance.as_mut().filter(|_| binding == Binding::Stopped)
            && instance.apply(Event::Terminate, now).is_ok()
        {
            tx.put(instance)?;
        }
    }
    let state = match request.state {
        SpotState::Failed => SpotState::Closed,
        state => state,
    };
    Ok(CancelledSpotInstanceRequest { spot_instance_request_id: Some(request.id), state: Some(state.name().into()) })
}
