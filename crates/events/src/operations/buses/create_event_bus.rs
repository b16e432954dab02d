//! CreateEventBus.

use std::sync::Arc;

use freehold_api::events::{CreateEventBusRequest, CreateEventBusResponse};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::refuse_unsupported;
use crate::Events;
use crate::errors::{Error, Result};
use crate::model::{Bus, DEFAULT_BUS};
use crate::operations::tags;

/// *EventBridge quotas: event buses*, the default one among them.
const MOST: usize = 100;

pub(in crate::operations) async fn create_event_bus(
    events: Arc<Events>,
    call: Call,
    input: CreateEventBusRequest,
) -> Result<CreateEventBusResponse, freehold_wire::Error> {
    refuse_unsupported(
        input.kms_key_identifier.as_ref(),
        input.dead_letter_config.as_ref(),
        input.log_config.as_ref(),
    )?;
    if input.event_source_name.is_some() {
        return Err(Error::unsupported("EventSourceName").into());
    }
    let name = input.name.unwrap_or_default();
    // *CreateEventBus: Name: custom buses can't have a slash; partners' names have*.
    if name.contains('/') {
        return Err(Error::invalid("Event bus name must not contain '/'.").into());
    }
    let now = events.now();
    let tags = tags::merged(&Default::default(), input.tags)?;
    let bus = Bus { description: input.description, tags, ..Bus::new(&call.region, call.account(), &name, now) };
    let response = CreateEventBusResponse {
        event_bus_arn: Some(bus.arn.clone()),
        description: bus.description.clone(),
        ..Default::default()
    };
    let made = events.store.transact::<_, Error, _>(move |tx| {
        if name == DEFAULT_BUS || tx.get::<Bus>(&bus.arn)?.is_some() {
            return Err(Error::BusExists(name));
        }
        let others = tx.list::<Bus>(&Filter::account(&bus.account))?;
        if others.iter().filter(|other| other.name != DEFAULT_BUS).count() + 1 >= MOST {
            return Err(Error::LimitExceeded("The requested resource exceeds the maximum number allowed.".into()));
        }
        Ok(tx.put(&bus)?)
    });
    made.await?;
    events.rules.outdated();
    Ok(response)
}
