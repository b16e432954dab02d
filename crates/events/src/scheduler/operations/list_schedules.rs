//! ListSchedules: of one group, or of all.

use std::sync::Arc;

use freehold_api::scheduler::{ListSchedulesInput, ListSchedulesOutput};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::{lookup, pages};
use crate::Events;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::Schedule;
use crate::scheduler::show;

pub(super) async fn list_schedules(
    events: Arc<Events>,
    call: Call,
    input: ListSchedulesInput,
) -> Result<ListSchedulesOutput, freehold_wire::Error> {
    let (group, now, account) = (input.group_name.clone(), events.now(), call.account().to_owned());
    let found = events.store.transact::<_, Error, _>(move |tx| {
        let filter = match group {
            Some(name) => Filter::index(0, lookup::group(tx, &call, &name, now)?.arn),
            None => Filter::account(call.account()),
        };
        Ok(tx.list::<Schedule>(&filter)?)
    });
    let mut found = found.await?;
    let (prefix, state) = (input.name_prefix.unwrap_or_default(), input.state.unwrap_or_default());
    found.retain(|one| one.name.starts_with(&prefix) && (state.is_empty() || show::state(one) == state));
    let group = input.group_name.unwrap_or_default();
    let query = ["ListSchedules", &account, &group, &prefix, &state];
    let (page, next_token) = pages::page(found, input.max_results, input.next_token.as_deref(), &query, |it| &it.arn)?;
    Ok(ListSchedulesOutput { next_token, schedules: Some(page.into_iter().map(show::summary).collect()) })
}
