//! `ModifyInstancePlacement`: where a stopped instance begins the next time.

use std::sync::Arc;

use freehold_api::ec2::{ModifyInstancePlacementRequest, ModifyInstancePlacementResult};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::hosts::{self, Candidate};
use crate::launch::{affinity, instance_type};
use crate::lookup;
use crate::model::{Affinity, Instance, InstanceState, Tenancy};

pub async fn modify_instance_placement(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyInstancePlacementRequest,
) -> Result<ModifyInstancePlacementResult> {
    for (name, said) in [
        ("GroupName", input.group_name.as_deref().is_some_and(|name| !name.is_empty())),
        ("GroupId", input.group_id.is_some()),
        ("PartitionNumber", input.partition_number.is_some()),
        ("HostResourceGroupArn", input.host_resource_group_arn.is_some()),
    ] {
        if said {
            return Err(Error::no_effect(name));
        }
    }
    let id = input.instance_id.ok_or(Error::MissingParameter("instanceId"))?;
    let tenancy = input.tenancy.as_deref().map(|said| {
        Tenancy::parse(said).ok_or_else(|| Error::invalid_value("tenancy", said, "Expected: default, dedicated, host."))
    });
    let wish = Wish {
        tenancy: tenancy.transpose()?,
        affinity: input.affinity.as_deref().map(affinity).transpose()?,
        host: input.host_id,
    };
    if wish.tenancy.is_none() && wish.affinity.is_none() && wish.host.is_none() {
        return Err(Error::Missing(
            "The request must contain at least one of the parameters affinity, hostId, tenancy.".into(),
        ));
    }
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut instance: Instance = lookup::one(tx, &account, &id)?;
            if instance.state != InstanceState::Stopped {
                return Err(Error::other(
                    "InvalidInstanceState",
                    format!("The instance '{id}' is not in the 'stopped' state."),
                ));
            }
            wish.apply(tx, &mut instance)?;
            Ok(tx.put(&instance)?)
        })
        .await?;
    Ok(ModifyInstancePlacementResult { r#return: Some(true) })
}

struct Wish {
    tenancy: Option<Tenancy>,
    affinity: Option<Affinity>,
    host: Option<String>,
}

impl Wish {
    fn apply(self, tx: &mut dyn Tx, instance: &mut Instance) -> Result<()> {
        let before = instance.placement.tenancy;
        let after = self.tenancy.unwrap_or(if self.host.is_some() { Tenancy::Host } else { before });
        check_tenancy(instance, before, after)?;
        if after != Tenancy::Host && (self.host.is_some() || self.affinity.is_some()) {
            let name = if self.host.is_some() { "hostId" } else { "affinity" };
            return Err(Error::InvalidParameterCombination(format!(
                "The parameter {name} cannot be used without specifying a tenancy of 'host'"
            )));
        }
        if let Some(id) = &self.host {
            check_host(tx, instance, id)?;
        }
        let placement = &mut instance.placement;
        placement.tenancy = after;
        if after == Tenancy::Host {
            placement.host = self.host.or(placement.host.take());
            placement.affinity = self.affinity.unwrap_or(placement.affinity);
        } else {
            (placement.host, placement.affinity) = (None, Affinity::Default);
        }
        placement.cores.clear();
        Ok(())
    }
}

/// *API reference, ModifyInstancePlacement: Tenancy*
fn check_tenancy(instance: &Instance, before: Tenancy, after: Tenancy) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let involves_host = before == Tenancy::Host || after == Tenancy::Host;
    if involves_host && instance.instance_type.starts_with("t3.") {
        return Err(Error::other(
            "InvalidRequest",
            format!("The tenancy of the T3 instance '{}' cannot be changed from or to host.", instance.id),
        ));
    }
    if instance.spot.is_some() {
        return Err(Error::UnsupportedOperation("The tenancy of a Spot Instance cannot be changed.".into()));
    }
    Ok(())
}

fn check_host(tx: &mut dyn Tx, instance: &Instance, id: &str) -> Result<()> {
    let host = hosts::available(tx, &instance.account, id)?;
    if host.zone != instance.placement.zone {
        return Err(Error::other(
            "ZonesMismatched",
            format!(
                "The Availability Zone of the instance ({}) does not match that of the Dedicated Host '{id}' ({}).",
                instance.placement.zone, host.zone
            ),
        ));
    }
    if !Candidate::new(host, &[]).is_for(&instance_type(&instance.instance_type)?) {
        return Err(Error::other(
            "IncompatibleHostRequirements",
            format!("The Dedicated Host '{id}' does not support instances of the type {}.", instance.instance_type),
        ));
    }
    Ok(())
}
