//! `CancelSpotFleetRequests`.

use std::sync::Arc;

use freehold_api::ec2::{
    CancelSpotFleetRequestsError, CancelSpotFleetRequestsErrorItem, CancelSpotFleetRequestsRequest,
    CancelSpotFleetRequestsResponse, CancelSpotFleetRequestsSuccessItem,
};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::FleetApi;
use crate::operations::dry_run;
use crate::operations::fleets::lookup::{NotEnded, end};

/// *API reference, CancelSpotFleetRequests: SpotFleetRequestId.N*
const MAX_IDS: usize = 100;

pub async fn cancel_spot_fleet_requests(
    ec2: Arc<Ec2>,
    call: Call,
    input: CancelSpotFleetRequestsRequest,
) -> Result<CancelSpotFleetRequestsResponse> {
    let ids = input.spot_fleet_request_ids.filter(|ids| !ids.is_empty());
    let ids = ids.ok_or(Error::MissingParameter("SpotFleetRequestId"))?;
    if ids.len() > MAX_IDS {
        return Err(Error::InvalidParameterValue(format!(
            "At most {MAX_IDS} Spot Fleet requests can be cancelled at once."
        )));
    }
    let terminates = input.terminate_instances.ok_or(Error::MissingParameter("TerminateInstances"))?;
    dry_run(input.dry_run)?;
    let (account, now) = (call.account().to_owned(), ec2.now());
    ec2.store
        .transact(move |tx| {
            let (mut done, mut failed) = (Vec::new(), Vec::new());
            for id in ids {
                match end(tx, (FleetApi::Spot, &account), &id, terminates, now)? {
                    Ok((before, after)) => done.push(CancelSpotFleetRequestsSuccessItem {
                        current_spot_fleet_request_state: Some(after.name(FleetApi::Spot).into()),
                        previous_spot_fleet_request_state: Some(before.name(FleetApi::Spot).into()),
                        spot_fleet_request_id: Some(id),
                    }),
                    Err(why) => failed.push(CancelSpotFleetRequestsErrorItem {
                        error: Some(refusal(&id, why)),
                        spot_fleet_request_id: Some(id),
                    }),
                }
            }
            Ok::<_, Error>(CancelSpotFleetRequestsResponse {
                successful_fleet_requests: Some(done),
                unsuccessful_fleet_requests: Some(failed),
            })
        })
        .await
}

/// *API reference, CancelSpotFleetRequestsError*
fn refusal(id: &str, why: NotEnded) -> CancelSpotFleetRequestsError {
    let (code, message) = match why {
        NotEnded::Malformed => ("fleetRequestIdMalformed", format!("The spot fleet request ID '{id}' is malformed.")),
        NotEnded::Missing => {
            ("fleetRequestIdDoesNotExist", format!("The spot fleet request ID '{id}' does not exist."))
        }
        NotEnded::State(state) => (
            "fleetRequestNotInCancellableState",
            format!(
                "The spot fleet request '{id}' is in the state {} and cannot be cancelled.",
                state.name(FleetApi::Spot)
            ),
        ),
    };
    CancelSpotFleetRequestsError { code: Some(code.into()), message: Some(message) }
}
