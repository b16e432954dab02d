//! DeleteEventBus.

use std::sync::Arc;

use freehold_api::events::DeleteEventBusRequest;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::{Bus, DEFAULT_BUS, Rule};
use crate::operations::lookup::BusName;

pub(in crate::operations) async fn delete_event_bus(
    events: Arc<Events>,
    call: Call,
    input: DeleteEventBusRequest,
) -> Result<Unit, freehold_wire::Error> {
    let bus = BusName::of(&call, input.name.as_deref());
    if bus.name == DEFAULT_BUS {
        return Err(Error::invalid("Cannot delete event bus default.").into());
    }
    let deleted = events.store.transact::<_, Error, _>(move |tx| {
        if !tx.list::<Rule>(&Filter::index(0, &bus.arn))?.is_empty() {
            return Err(Error::invalid(format!("Event bus {} cannot be deleted since it has rules.", bus.name)));
        }
        // What is not there is deleted already.
        tx.delete::<Bus>(&bus.arn)?;
        Ok(())
    });
    deleted.await?;
    events.rules.outdated();
    Ok(Unit)
}
