//! `CancelCapacityReservation`: its room is everybody's again; instances that are in it go on.

use std::sync::Arc;

use freehold_api::ec2::{CancelCapacityReservationRequest, CancelCapacityReservationResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::active;
use crate::errors::{Error, Result};
use crate::model::ReservationState;
use crate::operations::dry_run;
use crate::{Ec2, rooms};

pub async fn cancel_capacity_reservation(
    ec2: Arc<Ec2>,
    call: Call,
    input: CancelCapacityReservationRequest,
) -> Result<CancelCapacityReservationResult> {
    for (name, said) in [
        ("ApplyCancellationCharges", input.apply_cancellation_charges.is_some()),
        ("QuoteId", input.quote_id.is_some()),
    ] {
        if said {
            return Err(Error::no_effect(name));
        }
    }
    let (account, now, dry) = (call.account().to_owned(), ec2.now(), input.dry_run);
    let id = ec2
        .store
        .transact(move |tx| {
            let mut reservation = active(tx, &account, input.capacity_reservation_id)?;
            dry_run(dry)?;
            rooms::give_back(tx, &reservation.id, &reservation.tags, now)?;
            reservation.state = ReservationState::Cancelled;
            tx.put(&reservation)?;
            Ok::<_, Error>(reservation.id)
        })
        .await?;
    rooms::undo(&mut ec2.committed(), &ec2.ledger, &id)?;
    Ok(CancelCapacityReservationResult { r#return: Some(true) })
}
