//! Fleets by their ids, which are UUIDs, and what both kinds of fleets are asked in the same way.

use freehold_api::ec2 as api;
use freehold_store::{Tx, TxExt};
use jiff::Timestamp;

use crate::errors::{Error, Result};
use crate::fleet::members::{self, Seen};
use crate::fleet::records::{Note, enter, record};
use crate::lookup::{Reader, all, by_index};
use crate::model::{
    Binding, Fleet, FleetApi, FleetKind, FleetMarket, FleetRecord, FleetState, RecordKind, SpotEvent, SpotRequest,
};

fn codes(api: FleetApi) -> (&'static str, &'static str, &'static str) {
    match api {
        FleetApi::Ec2 => ("InvalidFleetId.Malformed", "InvalidFleetId.NotFound", "fleet"),
        FleetApi::Spot => {
            ("InvalidSpotFleetRequestId.Malformed", "InvalidSpotFleetRequestId.NotFound", "spot fleet request")
        }
    }
}

/// Whether it is a prefix and a UUID.
pub fn is_well_formed(api: FleetApi, id: &str) -> bool {
    let digits = id.strip_prefix(Fleet::prefix(api)).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    let parts: Vec<&str> = digits.split('-').collect();
    let is_hex = |part: &&str| part.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(is_hex)
}

/// The caller's fleet with this id.
pub fn one(from: &mut (impl Reader + ?Sized), api: FleetApi, account: &str, id: &str) -> Result<Fleet> {
    let (malformed, missing, noun) = codes(api);
    if !is_well_formed(api, id) {
        return Err(Error::Malformed { code: malformed, id: id.to_owned() });
    }
    let found = from.read::<Fleet>(id)?.filter(|fleet| fleet.account == account && fleet.api == api);
    found.ok_or_else(|| Error::NotFound { code: missing, message: format!("The {noun} ID '{id}' does not exist") })
}

/// Those with these ids, or all of the caller's.
pub fn named_or_all(
    from: &mut (impl Reader + ?Sized),
    api: FleetApi,
    account: &str,
    ids: Option<Vec<String>>,
) -> Result<Vec<Fleet>> {
    match ids.filter(|ids| !ids.is_empty()) {
        Some(ids) => ids.iter().map(|id| one(from, api, account, id)).collect(),
        None => Ok(all::<Fleet>(from, account)?.into_iter().filter(|fleet| fleet.api == api).collect()),
    }
}

/// Why one of several cannot be ended: the kind of a reason, which each API spells its own way, and a sentence.
pub enum NotEnded {
    Malformed,
    Missing,
    State(FleetState),
}

/// Ends a fleet, in a transaction: it launches nothing any more. Answers the states before and after.
pub fn end(
    tx: &mut dyn Tx,
    (api, account): (FleetApi, &str),
    id: &str,
    terminates: bool,
    now: Timestamp,
) -> Result<std::result::Result<(FleetState, FleetState), NotEnded>> {
    if !is_well_formed(api, id) {
        return Ok(Err(NotEnded::Malformed));
    }
    let found = tx.get::<Fleet>(id)?.filter(|fleet| fleet.account == account && fleet.api == api);
    let Some(mut fleet) = found else { return Ok(Err(NotEnded::Missing)) };
    let before = fleet.state;
    let after = if terminates { FleetState::DeletedTerminating } else { FleetState::DeletedRunning };
    if !before.is_live() && (before, after) != (FleetState::DeletedRunning, FleetState::DeletedTerminating) {
        return Ok(Err(NotEnded::State(before)));
    }
    for seen in members::read(tx, id, now)? {
        cancel_request(tx, &seen, now)?;
    }
    enter(tx, &mut fleet, after, now)?;
    tx.put(&fleet)?;
    Ok(Ok((before, after)))
}

/// All Spot requests of a fleet that ends are cancelled (*EC2 user guide, Delete an EC2 Fleet*).
fn cancel_request(tx: &mut dyn Tx, seen: &Seen, now: Timestamp) -> Result<()> {
    let Some(id) = seen.request.as_ref().filter(|_| !seen.is_gone()) else { return Ok(()) };
    let Some(mut request) = tx.get::<SpotRequest>(id)? else { return Ok(()) };
    if request.apply(SpotEvent::Cancelled(Binding::Running), now) {
        tx.put(&request)?;
    }
    Ok(())
}

/// Whether it is what it was asked to be.
pub fn activity(fleet: &Fleet, members: &[Seen]) -> Option<&'static str> {
    let fulfilled = members::fulfilled(members, None);
    let target: u64 = FleetMarket::ALL.map(|market| members::target(fleet, market)).into_iter().sum();
    match fleet.state {
        FleetState::DeletedTerminating => Some("pending_termination"),
        state if !state.is_live() => None,
        _ if fulfilled < target && !fleet.avoided.is_empty() => Some("error"),
        _ if fulfilled < target => Some("pending_fulfillment"),
        _ => Some("fulfilled"),
    }
}

/// Thousandths of a unit, as answers tell them.
pub fn units(thousandths: u64) -> f64 {
    thousandths as f64 / members::UNIT as f64
}

/// The instances that run for it.
pub fn active(members: Vec<Seen>) -> Vec<api::ActiveInstance> {
    let active = members.into_iter().filter(Seen::is_alive);
    active
        .map(|seen| api::ActiveInstance {
            instance_id: Some(seen.member.id),
            instance_type: Some(seen.member.instance_type),
            spot_instance_request_id: seen.request,
            instance_health: Some("healthy".into()),
        })
        .collect()
}

/// What happened to it since then.
pub fn history(
    from: &mut (impl Reader + ?Sized),
    fleet: &Fleet,
    kind: Option<RecordKind>,
    since: Timestamp,
) -> Result<Vec<FleetRecord>> {
    let mut records: Vec<FleetRecord> = by_index(from, 0, &fleet.id)?;
    records.retain(|record| record.at >= since && kind.is_none_or(|kind| record.kind == kind));
    Ok(records)
}

pub fn information(record: FleetRecord) -> api::EventInformation {
    api::EventInformation {
        event_description: record.description,
        event_sub_type: Some(record.sub_type),
        instance_id: record.instance,
    }
}

/// Reads the kind of records that is asked for.
pub fn record_kind(api: FleetApi, said: Option<&str>) -> Result<Option<RecordKind>> {
    let Some(said) = said else { return Ok(None) };
    let known = RecordKind::ALL.into_iter().find(|kind| kind.name(api) == said);
    known.map(Some).ok_or_else(|| Error::invalid_value("EventType", said, "It is no type of events."))
}

/// Changes a fleet that keeps its size, in a transaction. What was not to be had may be now: it is tried again.
pub fn modify(
    tx: &mut dyn Tx,
    (api, account): (FleetApi, &str),
    id: &str,
    now: Timestamp,
    change: impl FnOnce(&mut Fleet) -> Result<()>,
) -> Result<()> {
    let mut fleet = one(tx, api, account, id)?;
    if fleet.kind != FleetKind::Maintain || !fleet.state.is_live() {
        return Err(not_modifiable(&fleet));
    }
    change(&mut fleet)?;
    fleet.avoided.clear();
    if fleet.state == FleetState::Active {
        fleet.state = FleetState::Modifying;
    }
    record(tx, &mut fleet, Note::fleet("modify_in_progress"), now)?;
    Ok(tx.put(&fleet)?)
}

fn not_modifiable(fleet: &Fleet) -> Error {
    Error::other(
        "FleetNotInModifiableState",
        format!("Fleet Request: {} is not a modifiable fleet request type.", fleet.id),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_prefix_and_a_uuid() {
        assert!(is_well_formed(FleetApi::Ec2, "fleet-73fbd2ce-aa30-494c-8788-1cee4a2b3c4d"));
        assert!(is_well_formed(FleetApi::Spot, "sfr-73fbd2ce-aa30-494c-8788-1cee4a2b3c4d"));
        for wrong in
            ["fleet-1", "sfr-73fbd2ce-aa30-494c-8788-1cee4a2b3c4d", "fleet-73FBd2ce-aa30-494c-8788-1cee4a2b3c4d"]
        {
            assert!(!is_well_formed(FleetApi::Ec2, wrong), "{wrong}");
        }
    }
}
