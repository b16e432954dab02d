//! On-Demand Capacity Reservations: made, shown, modified and cancelled, and which instances use them.

mod cancel_capacity_reservation;
mod create_capacity_reservation;
mod describe_capacity_reservations;
mod ending;
mod get_capacity_reservation_usage;
mod modify_capacity_reservation;
mod modify_instance_capacity_reservation_attributes;
#[cfg(test)]
mod tests;
mod view;

use freehold_api::ec2::op;
use freehold_store::Tx;

use super::Operations;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::model::{CapacityReservation, ReservationState};

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::CancelCapacityReservation, cancel_capacity_reservation::cancel_capacity_reservation)
        .on(op::CreateCapacityReservation, create_capacity_reservation::create_capacity_reservation)
        .on(op::DescribeCapacityReservations, describe_capacity_reservations::describe_capacity_reservations)
        .on(op::GetCapacityReservationUsage, get_capacity_reservation_usage::get_capacity_reservation_usage)
        .on(op::ModifyCapacityReservation, modify_capacity_reservation::modify_capacity_reservation)
        .on(
            op::ModifyInstanceCapacityReservationAttributes,
            modify_instance_capacity_reservation_attributes::modify_instance_capacity_reservation_attributes,
        )
}

/// One that can still be changed.
fn active(tx: &mut dyn Tx, account: &str, id: Option<String>) -> Result<CapacityReservation> {
    let id = id.ok_or(Error::MissingParameter("CapacityReservationId"))?;
    let found: CapacityReservation = lookup::one(tx, account, &id)?;
    if found.state == ReservationState::Active {
        return Ok(found);
    }
    Err(Error::other(
        "InvalidCapacityReservationState",
        format!("The Capacity Reservation '{id}' is {}: it must be active.", found.state.name()),
    ))
}

/// How many instances a reservation may be for.
fn count(said: i32) -> Result<u32> {
    /// More than anyone's quota allows, as for RunInstances.
    const MAX: u32 = 1000;
    let count = u32::try_from(said).ok().filter(|count| *count > 0);
    let count = count.ok_or_else(|| Error::invalid_value("InstanceCount", said, "Expected a positive integer."))?;
    if count > MAX { Err(Error::InstanceLimitExceeded(count)) } else { Ok(count) }
}
