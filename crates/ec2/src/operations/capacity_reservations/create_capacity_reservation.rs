//! `CreateCapacityReservation`: the room is held from now on. Instances that run already and fit an open one are in it at
//! once (*EC2 user guide, Concepts for On-Demand Capacity Reservations*).

use std::sync::Arc;

use freehold_api::ec2::{CreateCapacityReservationRequest, CreateCapacityReservationResult};
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use sha2::{Digest, Sha256};

use super::{count, ending, view};
use crate::errors::{Error, Result};
use crate::launch::{check_hardware, instance_type};
use crate::lookup;
use crate::model::{CapacityReservation, MatchCriteria, ReservationState, Tenancy};
use crate::operations::dry_run;
use crate::region::Zone;
use crate::{Ec2, new_id, rooms, tagging};

/// The platform of every image here.
const LINUX: &str = "Linux/UNIX";
/// *API reference, CapacityReservation: InstancePlatform*
const PLATFORMS: &[&str] = &[
    LINUX,
    "Red Hat Enterprise Linux",
    "SUSE Linux",
    "Windows",
    "Windows with SQL Server",
    "Windows with SQL Server Enterprise",
    "Windows with SQL Server Standard",
    "Windows with SQL Server Web",
    "Linux with SQL Server Standard",
    "Linux with SQL Server Web",
    "Linux with SQL Server Enterprise",
    "RHEL with SQL Server Standard",
    "RHEL with SQL Server Enterprise",
    "RHEL with SQL Server Web",
    "RHEL with HA",
    "RHEL with HA and SQL Server Standard",
    "RHEL with HA and SQL Server Enterprise",
    "Ubuntu Pro",
];

pub async fn create_capacity_reservation(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateCapacityReservationRequest,
) -> Result<CreateCapacityReservationResult> {
    refuse_what_has_no_effect(&input)?;
    let fingerprint = fingerprint(&input);
    let token = input.client_token.clone().unwrap_or_else(|| call.request_id.clone());
    let (dry, tags) = (input.dry_run, input.tag_specifications.clone());
    let mut reservation = read(&ec2, &call, input)?;
    reservation.tags = tagging::for_new("capacity-reservation", tags)?;
    let id = reservation.id.clone();
    let writer = Arc::clone(&ec2);
    let made: Result<CapacityReservation> = ec2
        .store
        .transact(move |tx| {
            let request = Request {
                account: &reservation.account,
                operation: "ec2.CreateCapacityReservation",
                token: &token,
                fingerprint: &fingerprint,
            };
            if let Some(id) = idempotency::recall::<String>(tx, &request)? {
                return lookup::one(tx, &reservation.account, &id);
            }
            dry_run(dry)?;
            rooms::hold(tx, &writer.ledger, reservation.room(writer.now()), &reservation.tags)?;
            tx.put(&reservation)?;
            idempotency::remember(tx, &request, &reservation.id, writer.now())?;
            Ok(reservation)
        })
        .await;
    if made.is_err() {
        rooms::undo(&mut ec2.committed(), &ec2.ledger, &id)?;
    }
    let shown = view::reservation(&mut ec2.committed(), &ec2.region.name, made?)?;
    Ok(CreateCapacityReservationResult { capacity_reservation: Some(shown) })
}

fn refuse_what_has_no_effect(input: &CreateCapacityReservationRequest) -> Result<()> {
    let asked = [
        ("EphemeralStorage", input.ephemeral_storage == Some(true)),
        ("OutpostArn", input.outpost_arn.is_some()),
        ("PlacementGroupArn", input.placement_group_arn.is_some()),
        ("StartDate", input.start_date.is_some()),
        ("CommitmentDuration", input.commitment_duration.is_some()),
        ("DeliveryPreference", input.delivery_preference.is_some()),
    ];
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}

fn read(ec2: &Ec2, call: &Call, input: CreateCapacityReservationRequest) -> Result<CapacityReservation> {
    let kind = instance_type(input.instance_type.as_deref().ok_or(Error::MissingParameter("InstanceType"))?)?;
    check_hardware(&kind, ec2.driver.kind())?;
    let platform = input.instance_platform.ok_or(Error::MissingParameter("InstancePlatform"))?;
    match platform.as_str() {
        LINUX => {}
        known if PLATFORMS.contains(&known) => return Err(Error::no_effect(&format!("InstancePlatform={known}"))),
        other => {
            return Err(Error::invalid_value(
                "InstancePlatform",
                other,
                format_args!("Expected: {}.", PLATFORMS.join(", ")),
            ));
        }
    }
    let tenancy = match input.tenancy.as_deref() {
        None | Some("default") => Tenancy::Default,
        Some("dedicated") => Tenancy::Dedicated,
        Some(other) => return Err(Error::invalid_value("Tenancy", other, "Expected: default, dedicated.")),
    };
    let criteria = match input.instance_match_criteria.as_deref() {
        None => MatchCriteria::default(),
        Some(said) => MatchCriteria::parse(said)
            .ok_or_else(|| Error::invalid_value("InstanceMatchCriteria", said, "Expected: open, targeted."))?,
    };
    let zone = zone(ec2, input.availability_zone.as_deref(), input.availability_zone_id.as_deref())?;
    let now = ec2.now();
    Ok(CapacityReservation {
        id: new_id("cr"),
        account: call.account().to_owned(),
        instance_type: kind.name.to_owned(),
        platform,
        zone: zone.name,
        zone_id: zone.id,
        tenancy,
        count: count(input.instance_count.ok_or(Error::MissingParameter("InstanceCount"))?)?,
        ebs_optimized: input.ebs_optimized.unwrap_or(false),
        criteria,
        end: ending::read(input.end_date_type.as_deref(), input.end_date, None, now)?,
        created: now,
        state: ReservationState::Active,
        tags: crate::model::Tags::default(),
    })
}

fn zone(ec2: &Ec2, name: Option<&str>, id: Option<&str>) -> Result<Zone> {
    let (found, said) = match (name, id) {
        (Some(name), None) => (ec2.region.zone(name), name),
        (None, Some(id)) => (ec2.region.zones.iter().find(|zone| zone.id == id), id),
        (Some(_), Some(_)) => {
            return Err(Error::InvalidParameterCombination(
                "The parameters AvailabilityZone and AvailabilityZoneId cannot be used together.".into(),
            ));
        }
        (None, None) => return Err(Error::MissingParameter("AvailabilityZone")),
    };
    found.cloned().ok_or_else(|| Error::InvalidParameterValue(format!("Invalid availability zone: [{said}]")))
}

/// Of everything that is asked but the token.
fn fingerprint(input: &CreateCapacityReservationRequest) -> String {
    let input = CreateCapacityReservationRequest { client_token: None, dry_run: None, ..input.clone() };
    hex::encode(Sha256::digest(format!("{input:?}")))
}
