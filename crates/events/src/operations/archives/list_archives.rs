//! ListArchives.

use std::collections::HashMap;
use std::sync::Arc;

use freehold_api::events::{Archive as Listed, ListArchivesRequest, ListArchivesResponse};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::ENABLED;
use crate::Events;
use crate::errors::{Error, Result};
use crate::model::{Archive, Holding};
use crate::operations::pages;

pub(in crate::operations) async fn list_archives(
    events: Arc<Events>,
    call: Call,
    input: ListArchivesRequest,
) -> Result<ListArchivesResponse, freehold_wire::Error> {
    pages::check_one_filter("ListArchives", [&input.state, &input.event_source_arn, &input.name_prefix])?;
    let of_account = Filter::account(call.account());
    let mut found = events.store.list::<Archive>(&of_account).map_err(Error::from)?;
    let (prefix, source) = (input.name_prefix.unwrap_or_default(), input.event_source_arn.unwrap_or_default());
    let state = input.state.unwrap_or_default();
    found.retain(|archive| {
        archive.name.starts_with(&prefix)
            && (source.is_empty() || archive.bus == source)
            && (state.is_empty() || state == ENABLED)
    });
    let query = ["ListArchives", call.account(), &prefix, &source, &state];
    let (page, next_token) = pages::page(found, input.limit, input.next_token.as_deref(), &query, |it| &it.name)?;
    let holdings = events.store.list::<Holding>(&of_account).map_err(Error::from)?;
    let holdings: HashMap<_, _> = holdings.into_iter().map(|held| (held.key.clone(), held)).collect();
    let show = |archive: Archive| {
        let held = holdings.get(&archive.key);
        Listed {
            archive_name: Some(archive.name),
            event_source_arn: Some(archive.bus),
            state: Some(ENABLED.into()),
            retention_days: i32::try_from(archive.retention_days).ok(),
            size_bytes: held.and_then(|held| i64::try_from(held.bytes).ok()),
            event_count: held.and_then(|held| i64::try_from(held.events).ok()),
            creation_time: Some(archive.created),
            state_reason: None,
        }
    };
    Ok(ListArchivesResponse { archives: Some(page.into_iter().map(show).collect()), next_token })
}
