//! DescribeReplay.

use std::sync::Arc;

use freehold_api::events::{DescribeReplayRequest, DescribeReplayResponse, ReplayDestination};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::find;
use crate::Events;
use crate::errors::{Error, Result};

pub(in crate::operations) async fn describe_replay(
    events: Arc<Events>,
    call: Call,
    input: DescribeReplayRequest,
) -> Result<DescribeReplayResponse, freehold_wire::Error> {
    let name = input.replay_name.unwrap_or_default();
    let found = events.store.transact::<_, Error, _>(move |tx| find(tx, &call, &name));
    let replay = found.await?;
    Ok(DescribeReplayResponse {
        replay_name: Some(replay.name),
        replay_arn: Some(replay.arn),
        description: replay.description,
        state: Some(replay.state.name().into()),
        state_reason: replay.reason,
        event_source_arn: Some(replay.archive),
        destination: Some(ReplayDestination {
            arn: Some(replay.bus),
            filter_arns: (!replay.rules.is_empty()).then_some(replay.rules),
        }),
        event_start_time: Some(replay.from),
        event_end_time: Some(replay.until),
        event_last_replayed_time: replay.last,
        replay_start_time: Some(replay.started),
        replay_end_time: replay.ended,
    })
}
