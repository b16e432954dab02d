//! `StartInstances`.

use std::sync::Arc;

use freehold_api::ec2::{StartInstancesRequest, StartInstancesResult};
use freehold_store::{Tx, TxExt};
use freehold_wire::Call;

use super::change_state::{Change, change_state};
use crate::Ec2;
use crate::addresses::take_public;
use crate::errors::{Error, Result};
use crate::launch;
use crate::lookup::by_index;
use crate::model::{Event, Instance, InstanceState, NetworkInterface, PublicAssociation};

pub async fn start_instances(ec2: Arc<Ec2>, call: Call, input: StartInstancesRequest) -> Result<StartInstancesResult> {
    if input.additional_info.is_some() {
        return Err(Error::no_effect("AdditionalInfo"));
    }
    let change = Change { event: Event::Start, participle: "started" };
    let effect = |ec2: &Ec2, tx: &mut dyn Tx, instance: &mut Instance| {
        if instance.state != InstanceState::Pending {
            return Ok(());
        }
        promise(ec2, instance)?;
        give_public_address(ec2, tx, instance)
    };
    let ids = input.instance_ids.clone().unwrap_or_default();
    let changes =
        change_state(&ec2, call.account(), input.instance_ids, input.dry_run, change, |_| Ok(()), effect).await;
    if changes.is_err() {
        give_back(&ec2, &ids)?;
    }
    Ok(StartInstancesResult { starting_instances: Some(changes?) })
}

fn promise(ec2: &Ec2, instance: &Instance) -> Result<()> {
    let kind = launch::instance_type(&instance.instance_type)?;
    launch::check_hardware(&kind, ec2.driver.kind())?;
    let no_capacity = |full: freehold_machine::capacity::Full| Error::InsufficientInstanceCapacity {
        instance_type: instance.instance_type.clone(),
        zone: instance.placement.zone.clone(),
        detail: full.0,
    };
    ec2.ledger.promise(std::slice::from_ref(&instance.id), kind.share()).map_err(no_capacity)
}

/// What was promised to instances that stay stopped.
fn give_back(ec2: &Ec2, ids: &[String]) -> Result<()> {
    use freehold_store::StoreExt;
    for id in ids {
        let instance: Option<Instance> = ec2.store.get(id)?;
        if instance.is_some_and(|instance| !instance.state.holds_capacity()) {
            ec2.ledger.release(id);
        }
    }
    Ok(())
}

/// An instance that came with a public address gets another with each start.
fn give_public_address(ec2: &Ec2, tx: &mut dyn Tx, instance: &Instance) -> Result<()> {
    for mut interface in by_index::<NetworkInterface>(tx, 2, &instance.id)? {
        let is_first = interface.attachment.as_ref().is_some_and(|attachment| attachment.device_index == 0);
        let wants = interface.public_at_start && is_first;
        let Some(primary) = interface.addresses.first_mut() else { continue };
        if wants && primary.association.is_none() {
            let public = take_public(tx, ec2.public_pool, &instance.account, &interface.id)?;
            primary.association = Some(PublicAssociation { public, elastic: None });
            tx.put(&interface)?;
        }
    }
    Ok(())
}
