//! `AllocateHosts`: each host takes real cores of its own, where there are any to give.

use std::sync::Arc;

use freehold_api::ec2::{AllocateHostsRequest, AllocateHostsResult};
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{auto_placement, refuse_recovery};
use crate::errors::{Error, Result};
use crate::hosts::{Shape, holder};
use crate::launch::{check_hardware, instance_type};
use crate::model::{DedicatedHost, HostState, Tags};
use crate::region::Zone;
use crate::{Ec2, new_id, tagging};

/// More in one call than anyone's quota allows.
const MAX_QUANTITY: i32 = 1000;

pub async fn allocate_hosts(ec2: Arc<Ec2>, call: Call, input: AllocateHostsRequest) -> Result<AllocateHostsResult> {
    for (name, said) in [
        ("OutpostArn", input.outpost_arn.is_some()),
        ("AssetIds", input.asset_ids.is_some()),
        ("CpuOptions", input.cpu_options.is_some()),
    ] {
        if said {
            return Err(Error::no_effect(name));
        }
    }
    refuse_recovery(input.host_recovery.as_deref(), input.host_maintenance.as_deref())?;
    let fingerprint = fingerprint(&input);
    let server = Server::read(&ec2, &input)?;
    let count = input.quantity.unwrap_or(1);
    if count < 1 {
        return Err(Error::other("InvalidQuantity", format!("The quantity of Dedicated Hosts {count} is not valid.")));
    }
    if count > MAX_QUANTITY {
        return Err(Error::other(
            "HostLimitExceeded",
            format!(
                "The number of Dedicated Hosts you've requested ({count}) exceeds your current limit of {MAX_QUANTITY}."
            ),
        ));
    }
    let auto_placement = input.auto_placement.as_deref().map_or(Ok(true), auto_placement)?;
    let tags = tagging::for_new("dedicated-host", input.tag_specifications)?;
    let token = input.client_token.clone().unwrap_or_else(|| call.request_id.clone());
    let ids: Vec<String> = (0..count).map(|_| new_id("h")).collect();
    let allocation = Allocation {
        account: call.account().to_owned(),
        ids: ids.clone(),
        auto_placement,
        client_token: input.client_token,
        server,
        tags,
        now: ec2.now(),
    };
    let writer = Arc::clone(&ec2);
    let made: Result<Vec<String>> = ec2
        .store
        .transact(move |tx| {
            let request = Request {
                account: &allocation.account,
                operation: "ec2.AllocateHosts",
                token: &token,
                fingerprint: &fingerprint,
            };
            if let Some(ids) = idempotency::recall::<Vec<String>>(tx, &request)? {
                return Ok(ids);
            }
            allocation.write(&writer, tx)?;
            idempotency::remember(tx, &request, &allocation.ids, allocation.now)?;
            Ok(allocation.ids)
        })
        .await;
    if made.is_err() {
        ids.iter().for_each(|id| ec2.ledger.give_back_cores(&holder(id)));
    }
    Ok(AllocateHostsResult { host_ids: Some(made?) })
}

struct Allocation {
    account: String,
    ids: Vec<String>,
    auto_placement: bool,
    client_token: Option<String>,
    server: Server,
    tags: Tags,
    now: Timestamp,
}

impl Allocation {
    fn write(&self, ec2: &Ec2, tx: &mut dyn Tx) -> Result<()> {
        for id in &self.ids {
            let held = ec2.ledger.hold_cores(&holder(id), self.server.shape.cores);
            let cores = held.map_err(|full| Error::InsufficientHostCapacity(full.0))?;
            tx.put(&DedicatedHost {
                id: id.clone(),
                account: self.account.clone(),
                family: self.server.family.clone(),
                instance_type: self.server.instance_type.clone(),
                zone: self.server.zone.name.clone(),
                zone_id: self.server.zone.id.clone(),
                state: HostState::Available,
                auto_placement: self.auto_placement,
                client_token: self.client_token.clone(),
                cores,
                allocated: self.now,
                released: None,
                tags: self.tags.clone(),
            })?;
        }
        Ok(())
    }
}

/// What kind of server is asked for, and where.
struct Server {
    family: String,
    instance_type: Option<String>,
    shape: Shape,
    zone: Zone,
}

impl Server {
    fn read(ec2: &Ec2, input: &AllocateHostsRequest) -> Result<Self> {
        let (family, instance_type) = match (&input.instance_family, &input.instance_type) {
            (Some(_), Some(_)) => {
                return Err(Error::InvalidParameterCombination(
                    "The request must contain either an instance family or an instance type, but not both.".into(),
                ));
            }
            (None, None) => {
                return Err(Error::Missing(
                    "The request must contain either an instance family or an instance type.".into(),
                ));
            }
            (Some(family), None) => (family.clone(), None),
            (None, Some(name)) => (only_type(ec2, name)?, Some(name.clone())),
        };
        let shape = Shape::of(&family).ok_or_else(|| {
            Error::other(
                "InvalidInstanceFamily",
                format!("The instance family '{family}' is not supported for Dedicated Hosts."),
            )
        })?;
        Ok(Self { family, instance_type, shape, zone: zone(ec2, input)? })
    }
}

/// The family of the one type that a host is for.
fn only_type(ec2: &Ec2, name: &str) -> Result<String> {
    let kind = instance_type(name)?;
    check_hardware(&kind, ec2.driver.kind())?;
    if !kind.dedicated_hosts {
        return Err(Error::other(
            "InvalidHostConfiguration",
            format!("The instance type '{name}' is not supported on Dedicated Hosts."),
        ));
    }
    Ok(kind.family().to_owned())
}

fn zone(ec2: &Ec2, input: &AllocateHostsRequest) -> Result<Zone> {
    let found = match (&input.availability_zone, &input.availability_zone_id) {
        (Some(name), None) => ec2.region.zone(name).ok_or(name),
        (None, Some(id)) => ec2.region.zones.iter().find(|zone| zone.id == *id).ok_or(id),
        (Some(_), Some(_)) => {
            return Err(Error::InvalidParameterCombination(
                "The parameters AvailabilityZone and AvailabilityZoneId cannot be used together.".into(),
            ));
        }
        (None, None) => return Err(Error::MissingParameter("availabilityZone")),
    };
    found.cloned().map_err(|said| {
        Error::other("InvalidAvailabilityZone", format!("The Availability Zone '{said}' is not valid."))
    })
}

/// Of everything that is asked but the token.
fn fingerprint(input: &AllocateHostsRequest) -> String {
    let input = AllocateHostsRequest { client_token: None, ..input.clone() };
    hex::encode(Sha256::digest(format!("{input:?}")))
}
