//! `ModifyCapacityReservation`: how many, until when, and for whom.

use std::sync::Arc;

use freehold_api::ec2::{ModifyCapacityReservationRequest, ModifyCapacityReservationResult};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::{active, count, ending};
use crate::errors::{Error, Result};
use crate::model::{CapacityReservation, HeldRoom, MatchCriteria};
use crate::operations::dry_run;
use crate::{Ec2, rooms};

pub async fn modify_capacity_reservation(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyCapacityReservationRequest,
) -> Result<ModifyCapacityReservationResult> {
    for (name, said) in [
        ("AdditionalInfo", input.additional_info.is_some()),
        ("Accept", input.accept == Some(true)),
        ("AcceptModificationTerms", input.accept_modification_terms == Some(true)),
        ("StartDate", input.start_date.is_some()),
        ("QuoteId", input.quote_id.is_some()),
    ] {
        if said {
            return Err(Error::no_effect(name));
        }
    }
    let says_something = input.instance_count.is_some()
        || input.end_date.is_some()
        || input.end_date_type.is_some()
        || input.instance_match_criteria.is_some();
    if !says_something {
        return Err(Error::Missing("The request must contain at least one attribute to modify.".into()));
    }
    let id = input.capacity_reservation_id.clone().unwrap_or_default();
    let (writer, account) = (Arc::clone(&ec2), call.account().to_owned());
    let done: Result<()> = ec2
        .store
        .transact(move |tx| {
            let mut reservation = active(tx, &account, input.capacity_reservation_id.clone())?;
            change(&mut reservation, &input, writer.now())?;
            let room = resized(tx, &writer, &reservation)?;
            dry_run(input.dry_run)?;
            rooms::hold(tx, &writer.ledger, room, &reservation.tags)?;
            Ok(tx.put(&reservation)?)
        })
        .await;
    if done.is_err() {
        rooms::undo(&mut ec2.committed(), &ec2.ledger, &id)?;
    }
    done?;
    Ok(ModifyCapacityReservationResult { r#return: Some(true), ..Default::default() })
}

fn change(
    reservation: &mut CapacityReservation,
    input: &ModifyCapacityReservationRequest,
    now: jiff::Timestamp,
) -> Result<()> {
    if let Some(said) = input.instance_count {
        reservation.count = count(said)?;
    }
    if let Some(said) = input.instance_match_criteria.as_deref() {
        reservation.criteria = MatchCriteria::parse(said)
            .ok_or_else(|| Error::invalid_value("InstanceMatchCriteria", said, "Expected: open, targeted."))?;
    }
    reservation.end = ending::read(input.end_date_type.as_deref(), input.end_date, reservation.end, now)?;
    Ok(())
}

/// The room as it is to be. What is used cannot be taken away.
fn resized(tx: &mut dyn Tx, ec2: &Ec2, reservation: &CapacityReservation) -> Result<HeldRoom> {
    let used = tx.get::<HeldRoom>(&reservation.id)?.map_or(0, |room| room.used);
    if reservation.count < used {
        return Err(Error::invalid_value(
            "InstanceCount",
            reservation.count,
            format_args!("{used} instances are running in the Capacity Reservation: it must not be less."),
        ));
    }
    Ok(HeldRoom { used, ..reservation.room(ec2.now()) })
}
