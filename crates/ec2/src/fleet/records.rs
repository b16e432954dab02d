//! What happened to a fleet, for DescribeFleetHistory.

use freehold_store::{Filter, Tx, TxExt};
use jiff::Timestamp;

use crate::errors::Result;
use crate::model::{FLEET_REMEMBERED, Fleet, FleetApi, FleetRecord, FleetState, RecordKind};

/// What is noted.
#[derive(Debug, Clone)]
pub struct Note {
    pub kind: RecordKind,
    pub sub_type: &'static str,
    pub description: Option<String>,
    pub instance: Option<String>,
}

impl Note {
    pub fn fleet(sub_type: &'static str) -> Self {
        Self { kind: RecordKind::Fleet, sub_type, description: None, instance: None }
    }

    /// That it came to its state.
    pub fn state(fleet: &Fleet) -> Self {
        Self::fleet(fleet.state.name(fleet.api))
    }

    pub fn instance(sub_type: &'static str, id: &str, description: Option<String>) -> Self {
        Self { kind: RecordKind::Instance, sub_type, description, instance: Some(id.to_owned()) }
    }

    pub fn error(sub_type: &'static str, description: String) -> Self {
        Self { kind: RecordKind::Error, sub_type, description: Some(description), instance: None }
    }
}

/// Records are forgotten two at a time, so that they end though one is written with each.
const FORGOTTEN_AT_ONCE: usize = 2;

/// Writes a record. It is for the caller to write the fleet, which counts them.
pub fn record(tx: &mut dyn Tx, fleet: &mut Fleet, note: Note, now: Timestamp) -> Result<()> {
    fleet.records += 1;
    let oldest = Filter { limit: Some(FORGOTTEN_AT_ONCE), ..Filter::index(0, fleet.id.as_str()) };
    for old in tx.list::<FleetRecord>(&oldest)? {
        if now.duration_since(old.at) >= FLEET_REMEMBERED {
            tx.delete::<FleetRecord>(&old.id)?;
        }
    }
    Ok(tx.put(&FleetRecord {
        id: format!("{}/{:012}", fleet.id, fleet.records),
        account: fleet.account.clone(),
        fleet: fleet.id.clone(),
        at: now,
        kind: note.kind,
        sub_type: note.sub_type.to_owned(),
        description: note.description,
        instance: note.instance,
    })?)
}

/// Lets it come to another state, and notes that.
pub fn enter(tx: &mut dyn Tx, fleet: &mut Fleet, state: FleetState, now: Timestamp) -> Result<()> {
    fleet.state = state;
    if state == FleetState::Deleted {
        fleet.ended = Some(now);
    }
    let note = Note::state(fleet);
    record(tx, fleet, note, now)
}

/// How the end of a modification is named.
pub fn modified(api: FleetApi) -> &'static str {
    match api {
        FleetApi::Ec2 => "modify_succeeded",
        FleetApi::Spot => "modify_successful",
    }
}
