//! `DeleteFleets`.

use std::sync::Arc;

use freehold_api::ec2::{
    DeleteFleetError, DeleteFleetErrorItem, DeleteFleetSuccessItem, DeleteFleetsRequest, DeleteFleetsResult,
};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::lookup::{NotEnded, end};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::{Fleet, FleetApi, FleetKind};
use crate::operations::dry_run;

pub async fn delete_fleets(ec2: Arc<Ec2>, call: Call, input: DeleteFleetsRequest) -> Result<DeleteFleetsResult> {
    let ids = input.fleet_ids.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("FleetId"))?;
    let terminates = input.terminate_instances.ok_or(Error::MissingParameter("TerminateInstances"))?;
    dry_run(input.dry_run)?;
    let (account, now) = (call.account().to_owned(), ec2.now());
    ec2.store
        .transact(move |tx| {
            let (mut done, mut failed) = (Vec::new(), Vec::new());
            for id in ids {
                let is_instant = tx.get::<Fleet>(&id)?.is_some_and(|fleet| {
                    (fleet.kind, fleet.account.as_str()) == (FleetKind::Instant, account.as_str())
                });
                let ended = if is_instant && !terminates {
                    Err(error(
                        "fleetNotInDeletableState",
                        format!("The instances of the instant fleet '{id}' must be terminated with it."),
                    ))
                } else {
                    end(tx, (FleetApi::Ec2, &account), &id, terminates, now)?.map_err(|why| refusal(&id, why))
                };
                match ended {
                    Ok((before, after)) => done.push(DeleteFleetSuccessItem {
                        current_fleet_state: Some(after.name(FleetApi::Ec2).into()),
                        previous_fleet_state: Some(before.name(FleetApi::Ec2).into()),
                        fleet_id: Some(id),
                    }),
                    Err(why) => failed.push(DeleteFleetErrorItem { error: Some(why), fleet_id: Some(id) }),
                }
            }
            Ok::<_, Error>(DeleteFleetsResult {
                successful_fleet_deletions: Some(done),
                unsuccessful_fleet_deletions: Some(failed),
            })
        })
        .await
}

/// *API reference, DeleteFleetError*
fn refusal(id: &str, why: NotEnded) -> DeleteFleetError {
    match why {
        NotEnded::Malformed => error("fleetIdMalformed", format!("The fleet ID '{id}' is malformed.")),
        NotEnded::Missing => error("fleetIdDoesNotExist", format!("The fleet ID '{id}' does not exist.")),
        NotEnded::State(state) => error(
            "fleetNotInDeletableState",
            format!("The fleet '{id}' is in the state {} and cannot be deleted.", state.name(FleetApi::Ec2)),
        ),
    }
}

fn error(code: &str, message: String) -> DeleteFleetError {
    DeleteFleetError { code: Some(code.into()), message: Some(message) }
}
