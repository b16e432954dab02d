//! `GetCapacityReservationUsage`: of one reservation, how many instances of which account are in it.

use std::sync::Arc;

use freehold_api::ec2::{GetCapacityReservationUsageRequest, GetCapacityReservationUsageResult, InstanceUsage};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{CapacityReservation, HeldRoom};
use crate::operations::dry_run;
use crate::pages::Paging;

pub async fn get_capacity_reservation_usage(
    ec2: Arc<Ec2>,
    call: Call,
    input: GetCapacityReservationUsageRequest,
) -> Result<GetCapacityReservationUsageResult> {
    let id = input.capacity_reservation_id.ok_or(Error::MissingParameter("CapacityReservationId"))?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let mut store = ec2.committed();
    let reservation: CapacityReservation = lookup::one(&mut store, call.account(), &id)?;
    dry_run(input.dry_run)?;
    let room: Option<HeldRoom> = store.read(&id)?;
    let number = |number: u32| i32::try_from(number).ok();
    // Nobody can be shared with, so that the owner is the only one.
    let used = room.as_ref().map_or(0, |room| room.used);
    let usages: Vec<(String, u32)> = (used > 0).then(|| (reservation.account.clone(), used)).into_iter().collect();
    let page = paging.page(usages, |(account, _)| account)?;
    let usage = |(account, used)| InstanceUsage { account_id: Some(account), used_instance_count: number(used) };
    Ok(GetCapacityReservationUsageResult {
        next_token: page.next_token,
        capacity_reservation_id: Some(id),
        instance_type: Some(reservation.instance_type),
        total_instance_count: number(reservation.count),
        available_instance_count: number(room.map_or(0, |room| room.unused())),
        state: Some(reservation.state.name().into()),
        instance_usages: Some(page.items.into_iter().map(usage).collect()),
        ..Default::default()
    })
}
