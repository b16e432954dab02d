//! An instance that was stopped begins anew: room is promised to it, and it gets a public address if it came with one.

use freehold_machine::capacity::Full;
use freehold_store::{Tx, TxExt};

use super::{check_hardware, instance_type, seat};
use crate::Ec2;
use crate::addresses::take_public;
use crate::errors::{Error, Result};
use crate::lookup::by_index;
use crate::model::{Instance, NetworkInterface, PublicAssociation, Room};
use crate::spot::reclaim::Holders;

/// To be called in the transaction in which it becomes `pending`. Whoever calls gives the promise back if the transaction
/// fails.
pub fn begin_start(ec2: &Ec2, tx: &mut dyn Tx, instance: &mut Instance) -> Result<()> {
    promise(ec2, tx, instance)?;
    give_public_address(ec2, tx, instance)
}

fn promise(ec2: &Ec2, tx: &mut dyn Tx, instance: &mut Instance) -> Result<()> {
    let kind = instance_type(&instance.instance_type)?;
    check_hardware(&kind, ec2.driver.kind())?;
    if seat::take_again(ec2, tx, instance, &kind)? {
        return Ok(());
    }
    let no_capacity = |full: Full| Error::InsufficientInstanceCapacity {
        instance_type: instance.instance_type.clone(),
        zone: instance.placement.zone.clone(),
        detail: full.0,
    };
    let promised = ec2.ledger.promise(std::slice::from_ref(&instance.id), kind.share());
    if promised.is_err() && instance.spot.is_none() && Holders::read(tx)?.room_for(&ec2.ledger, kind.share(), 1) == 1 {
        ec2.ledger.note(&instance.id, kind.share());
        instance.room = Room::Awaited;
        return Ok(());
    }
    promised.map_err(no_capacity)
}

/// An instance that came with a public address gets another with each start.
fn give_public_address(ec2: &Ec2, tx: &mut dyn Tx, instance: &Instance) -> Result<()> {
    for mut interface in by_index::<NetworkInterface>(tx, 2, &instance.id)? {
        let is_first = interface.attachment.as_ref().is_some_and(|attachment| attachment.device_index == 0);
        let wants = interface.public_at_start && is_first;
        let Some(primary) = interface.addresses.first_mut() else { continue };
        if wants && primary.association.is_none() {
            let public = take_public(tx, ec2.public_pool, &instance.account, &interface.id, ec2.now())?;
            primary.association = Some(PublicAssociation { public, elastic: None });
            tx.put(&interface)?;
        }
    }
    Ok(())
}

/// Takes back what was promised to an instance that stays stopped.
pub fn give_back(ec2: &Ec2, id: &str) -> Result<()> {
    use freehold_store::StoreExt;
    let instance: Option<Instance> = ec2.store.get(id)?;
    if instance.is_none_or(|instance| !instance.state.holds_capacity()) {
        ec2.ledger.release(id);
    }
    Ok(())
}
