//! ListScheduleGroups.

use std::sync::Arc;

use freehold_api::scheduler::{ListScheduleGroupsInput, ListScheduleGroupsOutput};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::{lookup, pages};
use crate::Events;
use crate::scheduler::errors::Error;
use crate::scheduler::model::{DEFAULT_GROUP, Group};
use crate::scheduler::show;

pub(super) async fn list_schedule_groups(
    events: Arc<Events>,
    call: Call,
    input: ListScheduleGroupsInput,
) -> Result<ListScheduleGroupsOutput, freehold_wire::Error> {
    let (caller, now) = (call.clone(), events.now());
    let found = events.store.transact::<_, Error, _>(move |tx| {
        lookup::group(tx, &caller, DEFAULT_GROUP, now)?;
        Ok(tx.list::<Group>(&Filter::account(caller.account()))?)
    });
    let mut found = found.await?;
    let prefix = input.name_prefix.unwrap_or_default();
    found.retain(|group| group.name.starts_with(&prefix));
    let query = ["ListScheduleGroups", call.account(), &prefix];
    let (page, next_token) = pages::page(found, input.max_results, input.next_token.as_deref(), &query, |it| &it.arn)?;
    Ok(ListScheduleGroupsOutput { next_token, schedule_groups: Some(page.into_iter().map(show::group).collect()) })
}
