//! Replays of archives.

mod cancel_replay;
mod describe_replay;
mod list_replays;
mod start_replay;

pub(super) use cancel_replay::cancel_replay;
pub(super) use describe_replay::describe_replay;
pub(super) use list_replays::list_replays;
pub(super) use start_replay::start_replay;

use freehold_store::{Tx, TxExt};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::model::{Replay, replay_arn};

/// A replay of the caller's that must exist.
fn find(tx: &mut dyn Tx, call: &Call, name: &str) -> Result<Replay> {
    let found = tx.get::<Replay>(&replay_arn(&call.region, call.account(), name))?;
    found.ok_or_else(|| Error::NotFound(format!("Replay {name} does not exist.")))
}
