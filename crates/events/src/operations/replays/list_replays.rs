//! ListReplays.

use std::sync::Arc;

use freehold_api::events::{ListReplaysRequest, ListReplaysResponse, Replay as Listed};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::Replay;
use crate::operations::pages;

pub(in crate::operations) async fn list_replays(
    events: Arc<Events>,
    call: Call,
    input: ListReplaysRequest,
) -> Result<ListReplaysResponse, freehold_wire::Error> {
    pages::check_one_filter("ListReplays", [&input.state, &input.event_source_arn, &input.name_prefix])?;
    let mut found = events.store.list::<Replay>(&Filter::account(call.account())).map_err(Error::from)?;
    let (prefix, source) = (input.name_prefix.unwrap_or_default(), input.event_source_arn.unwrap_or_default());
    let state = input.state.unwrap_or_default();
    found.retain(|replay| {
        replay.name.starts_with(&prefix)
            && (source.is_empty() || replay.archive == source)
            && (state.is_empty() || replay.state.name() == state)
    });
    let query = ["ListReplays", call.account(), &prefix, &source, &state];
    let (page, next_token) = pages::page(found, input.limit, input.next_token.as_deref(), &query, |it| &it.name)?;
    let show = |replay: Replay| Listed {
        replay_name: Some(replay.name),
        event_source_arn: Some(replay.archive),
        state: Some(replay.state.name().into()),
        state_reason: replay.reason,
        event_start_time: Some(replay.from),
        event_end_time: Some(replay.until),
        event_last_replayed_time: replay.last,
        replay_start_time: Some(replay.started),
        replay_end_time: replay.ended,
    };
    Ok(ListReplaysResponse { replays: Some(page.into_iter().map(show).collect()), next_token })
}
