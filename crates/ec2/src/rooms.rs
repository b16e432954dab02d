//! Room that is held for instances of an account: `hold room for (account, type, zone, n)`. Capacity Reservations hold it,
//! and so may Reserved Instances of a zone.
//!
//! What is held is a row, [`HeldRoom`], and an entry in the machine's ledger, so that nobody else is promised it. An instance
//! of the owner that fits takes its place in it when it begins and leaves it when it is stopped or terminated; both change
//! the row in the transaction that changes the instance. Where unused room costs something, each change of how much is unused
//! is metered in that transaction.

use freehold_machine::capacity::{Holder, Ledger, Room, Share};
use freehold_metering::{Stretch, Used};
use freehold_store::{Tx, TxExt};
use jiff::Timestamp;

use crate::catalogue;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::metering::metered;
use crate::model::{HeldRoom, Instance, InstanceState, ReservationWish, Tags, Tenancy};

/// Holds room, or changes how much of it is held. Whoever calls gives it back ([`undo`]) if the transaction fails.
///
/// # Errors
/// [`Error::InsufficientInstanceCapacity`] if there is not so much.
pub fn hold(tx: &mut dyn Tx, ledger: &Ledger, mut room: HeldRoom, tags: &Tags) -> Result<()> {
    let guests = guests(tx, &room)?;
    let ids: Vec<String> = guests.iter().map(|guest| guest.id.clone()).collect();
    let held = Room { share: share(&room)?, count: room.count, holder: holder(&room.account, room.tenancy) };
    ledger.hold_room(&room.id, held, &ids).map_err(|full| Error::InsufficientInstanceCapacity {
        instance_type: room.instance_type.clone(),
        zone: room.zone.clone(),
        detail: full.0,
    })?;
    let now = room.since;
    if let Some(before) = tx.get::<HeldRoom>(&room.id)? {
        meter(tx, &before, tags, now)?;
    }
    for mut guest in guests {
        guest.reservation_terms.used = Some(room.id.clone());
        room.used += 1;
        tx.put(&guest)?;
    }
    Ok(tx.put(&room)?)
}

/// Instances that hold room of their own and fit open room that has some left: they are in it from now on.
fn guests(tx: &mut dyn Tx, room: &HeldRoom) -> Result<Vec<Instance>> {
    if !room.is_open {
        return Ok(Vec::new());
    }
    let mut all: Vec<Instance> = lookup::all(tx, &room.account)?;
    all.retain(|instance| {
        let (placement, terms) = (&instance.placement, &instance.reservation_terms);
        let is_free = terms.used.is_none() && terms.wish == ReservationWish::Open && instance.spot.is_none();
        let fits = instance.instance_type == room.instance_type
            && placement.zone == room.zone
            && placement.tenancy == room.tenancy;
        is_free && fits && instance.state == InstanceState::Running
    });
    all.sort_by(|a, b| (a.launch_time, &a.id).cmp(&(b.launch_time, &b.id)));
    all.truncate(usize::try_from(room.unused()).unwrap_or(usize::MAX));
    Ok(all)
}

/// Gives back what nobody uses, at that moment; instances that are in it stay, and are in none from now on. To be followed by
/// [`undo`] when the transaction is committed, which takes it out of the ledger.
pub fn give_back(tx: &mut dyn Tx, id: &str, tags: &Tags, at: Timestamp) -> Result<()> {
    let Some(room) = tx.get::<HeldRoom>(id)? else { return Ok(()) };
    meter(tx, &room, tags, at)?;
    tx.delete::<HeldRoom>(id)?;
    let instances: Vec<Instance> = lookup::all(tx, &room.account)?;
    for mut instance in instances.into_iter().filter(|instance| instance.reservation_terms.used.as_deref() == Some(id))
    {
        instance.reservation_terms.used = None;
        tx.put(&instance)?;
    }
    Ok(())
}

/// Makes the ledger hold what the stored row says: after a transaction that failed, or one that gave room back.
pub fn undo(from: &mut (impl Reader + ?Sized), ledger: &Ledger, id: &str) -> Result<()> {
    let Some(room) = from.read::<HeldRoom>(id)? else {
        ledger.give_back_room(id);
        return Ok(());
    };
    note(ledger, &room);
    // Whoever was to be in it and is not.
    let mut all: Vec<Instance> = lookup::all(from, &room.account)?;
    all.retain(|instance| instance.reservation_terms.used.as_deref() == Some(id));
    ledger.keep_in_room(id, |machine| all.iter().any(|instance| instance.id == machine));
    Ok(())
}

/// Notes room that is held already.
pub fn note(ledger: &Ledger, room: &HeldRoom) {
    if let Ok(share) = share(room) {
        ledger.note_room(&room.id, Room { share, count: room.count, holder: holder(&room.account, room.tenancy) });
    }
}

/// An instance begins in the room.
pub fn enter(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<()> {
    change(tx, id, now, |used| used.saturating_add(1))
}

/// An instance that was in the room holds none any more.
pub fn leave(tx: &mut dyn Tx, instance: &mut Instance, now: Timestamp) -> Result<()> {
    match instance.reservation_terms.used.take() {
        Some(id) => change(tx, &id, now, |used| used.saturating_sub(1)),
        None => Ok(()),
    }
}

fn change(tx: &mut dyn Tx, id: &str, now: Timestamp, used: impl FnOnce(u32) -> u32) -> Result<()> {
    let Some(before) = tx.get::<HeldRoom>(id)? else { return Ok(()) };
    let tags = tx.get::<crate::model::CapacityReservation>(id)?.map(|reservation| reservation.tags);
    meter(tx, &before, &tags.unwrap_or_default(), now)?;
    Ok(tx.put(&HeldRoom { used: used(before.used), since: now, ..before })?)
}

/// That so much was unused until now.
fn meter(tx: &mut dyn Tx, room: &HeldRoom, tags: &Tags, now: Timestamp) -> Result<()> {
    match unused(room, tags, now) {
        Some(stretch) => Ok(tx.put(&stretch)?),
        None => Ok(()),
    }
}

/// The unused room of a stretch that is still going on, or ends now.
pub fn unused(room: &HeldRoom, tags: &Tags, until: Timestamp) -> Option<Stretch> {
    if !room.is_metered || room.unused() == 0 || room.since >= until {
        return None;
    }
    let used = Used::Reserved {
        instance_type: room.instance_type.clone(),
        zone: room.zone.clone(),
        platform: room.platform.clone(),
        tenancy: metered(room.tenancy),
        instances: room.unused(),
    };
    Some(Stretch::new(&room.account, &room.id, used, (room.since, until)).with_tags(tags.iter()))
}

/// Whose cores instances of this tenancy run on, where it is not a Dedicated Host.
pub fn holder(account: &str, tenancy: Tenancy) -> Option<Holder> {
    (tenancy == Tenancy::Dedicated).then(|| Holder::Account(account.to_owned()))
}

fn share(room: &HeldRoom) -> Result<Share> {
    let kind = catalogue::find(&room.instance_type);
    kind.map(|kind| kind.share()).ok_or_else(|| Error::Internal(format!("{} is for an unknown type", room.id)))
}
