//! How Capacity Reservations are shown.

use freehold_api::ec2 as api;
use freehold_core::Arn;

use crate::errors::Result;
use crate::lookup::Reader;
use crate::model::{CapacityReservation, HeldRoom};
use crate::view;

pub fn reservation(
    from: &mut (impl Reader + ?Sized),
    region: &str,
    shown: CapacityReservation,
) -> Result<api::CapacityReservation> {
    let room: Option<HeldRoom> = from.read(&shown.id)?;
    let number = |number: u32| i32::try_from(number).ok();
    let arn = Arn::new("ec2", region, &shown.account, format!("capacity-reservation/{}", shown.id));
    let used = room.as_ref().map_or(0, |room| room.used);
    let allocations = (used > 0).then(|| {
        vec![api::CapacityAllocation {
            allocation_type: Some("used".into()),
            count: number(used),
            ..Default::default()
        }]
    });
    Ok(api::CapacityReservation {
        capacity_reservation_arn: Some(arn.to_string()),
        availability_zone_id: Some(shown.zone_id),
        instance_type: Some(shown.instance_type),
        instance_platform: Some(shown.platform),
        availability_zone: Some(shown.zone),
        tenancy: Some(shown.tenancy.name().into()),
        total_instance_count: number(shown.count),
        available_instance_count: number(room.map_or(0, |room| room.unused())),
        ebs_optimized: Some(shown.ebs_optimized),
        ephemeral_storage: Some(false),
        state: Some(shown.state.name().into()),
        start_date: Some(shown.created),
        end_date: shown.end,
        end_date_type: Some(end_date_type(shown.end.is_some()).into()),
        instance_match_criteria: Some(shown.criteria.name().into()),
        create_date: Some(shown.created),
        tags: view::tags(&shown.tags),
        capacity_allocations: allocations,
        reservation_type: Some("default".into()),
        owner_id: Some(shown.account),
        capacity_reservation_id: Some(shown.id),
        ..Default::default()
    })
}

pub fn end_date_type(is_limited: bool) -> &'static str {
    if is_limited { "limited" } else { "unlimited" }
}
