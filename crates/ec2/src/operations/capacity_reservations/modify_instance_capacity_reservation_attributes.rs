//! `ModifyInstanceCapacityReservationAttributes`: what a stopped instance uses when it begins again.

use std::sync::Arc;

use freehold_api::ec2::{
    ModifyInstanceCapacityReservationAttributesRequest, ModifyInstanceCapacityReservationAttributesResult,
};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::launch::reservation_wish;
use crate::model::{CapacityReservation, Instance, InstanceState, ReservationWish, Tenancy};
use crate::operations::dry_run;
use crate::{Ec2, lookup};

pub async fn modify_instance_capacity_reservation_attributes(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyInstanceCapacityReservationAttributesRequest,
) -> Result<ModifyInstanceCapacityReservationAttributesResult> {
    let id = input.instance_id.ok_or(Error::MissingParameter("InstanceId"))?;
    let said = input.capacity_reservation_specification;
    let wish = reservation_wish(said.ok_or(Error::MissingParameter("CapacityReservationSpecification"))?)?;
    let (account, dry) = (call.account().to_owned(), input.dry_run);
    ec2.store
        .transact(move |tx| {
            let mut instance: Instance = lookup::one(tx, &account, &id)?;
            if instance.state != InstanceState::Stopped {
                return Err(Error::IncorrectInstanceState(format!(
                    "The instance '{id}' is not in the 'stopped' state."
                )));
            }
            if instance.spot.is_some() {
                return Err(Error::UnsupportedOperation(
                    "Capacity Reservations cannot be used with Spot Instances.".into(),
                ));
            }
            if let ReservationWish::Target(reservation) = &wish {
                lookup::one::<CapacityReservation>(tx, &account, reservation)?;
            }
            let is_needed = matches!(wish, ReservationWish::Target(_) | ReservationWish::Only);
            if is_needed && instance.placement.tenancy == Tenancy::Host {
                return Err(Error::InvalidParameterCombination(
                    "Capacity Reservations cannot be used with Dedicated Hosts.".into(),
                ));
            }
            dry_run(dry)?;
            instance.reservation_terms.wish = wish;
            Ok(tx.put(&instance)?)
        })
        .await?;
    Ok(ModifyInstanceCapacityReservationAttributesResult { r#return: Some(true) })
}
