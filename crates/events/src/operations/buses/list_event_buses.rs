//! ListEventBuses.

use std::sync::Arc;

use freehold_api::events::{EventBus, ListEventBusesRequest, ListEventBusesResponse};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::{Bus, DEFAULT_BUS};
use crate::operations::pages;

pub(in crate::operations) async fn list_event_buses(
    events: Arc<Events>,
    call: Call,
    input: ListEventBusesRequest,
) -> Result<ListEventBusesResponse, freehold_wire::Error> {
    let mut found = events.store.list::<Bus>(&Filter::account(call.account())).map_err(Error::from)?;
    if !found.iter().any(|bus| bus.name == DEFAULT_BUS) {
        found.push(Bus::new(&call.region, call.account(), DEFAULT_BUS, events.now()));
    }
    let prefix = input.name_prefix.unwrap_or_default();
    found.retain(|bus| bus.name.starts_with(&prefix));
    let query = ["ListEventBuses", call.account(), &prefix];
    let (page, next_token) = pages::page(found, input.limit, input.next_token.as_deref(), &query, |bus| &bus.name)?;
    let show = |bus: Bus| EventBus {
        name: Some(bus.name),
        arn: Some(bus.arn),
        description: bus.description,
        policy: bus.policy,
        creation_time: Some(bus.created),
        last_modified_time: Some(bus.modified),
        managed_by: None,
    };
    Ok(ListEventBusesResponse { event_buses: Some(page.into_iter().map(show).collect()), next_token })
}
