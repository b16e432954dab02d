//! CancelReplay: what was not replayed yet is not.

use std::sync::Arc;

use freehold_api::events::{CancelReplayRequest, CancelReplayResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::find;
use crate::Events;
use crate::errors::{Error, Result};

pub(in crate::operations) async fn cancel_replay(
    events: Arc<Events>,
    call: Call,
    input: CancelReplayRequest,
) -> Result<CancelReplayResponse, freehold_wire::Error> {
    let cancelled = events.store.transact::<_, Error, _>(move |tx| {
        let mut replay = find(tx, &call, &input.replay_name.unwrap_or_default())?;
        replay.state = replay.state.cancelled().ok_or_else(|| Error::IllegalStatus(replay.name.clone()))?;
        tx.put(&replay)?;
        Ok(replay)
    });
    let replay = cancelled.await?;
    Ok(CancelReplayResponse {
        replay_arn: Some(replay.arn),
        state: Some(replay.state.name().into()),
        state_reason: replay.reason,
    })
}
