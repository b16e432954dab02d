//! UpdateEventBus.

use std::sync::Arc;

use freehold_api::events::{UpdateEventBusRequest, UpdateEventBusResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::refuse_unsupported;
use crate::Events;
use crate::errors::{Error, Result};
use crate::operations::lookup::BusName;

pub(in crate::operations) async fn update_event_bus(
    events: Arc<Events>,
    call: Call,
    input: UpdateEventBusRequest,
) -> Result<UpdateEventBusResponse, freehold_wire::Error> {
    refuse_unsupported(
        input.kms_key_identifier.as_ref(),
        input.dead_letter_config.as_ref(),
        input.log_config.as_ref(),
    )?;
    let asked = BusName::of(&call, input.name.as_deref());
    let now = events.now();
    let changed = events.store.transact::<_, Error, _>(move |tx| {
        let mut bus = asked.row(tx, &call, now)?;
        bus.description = input.description;
        bus.modified = now;
        tx.put(&bus)?;
        Ok(bus)
    });
    let bus = changed.await?;
    events.rules.outdated();
    Ok(UpdateEventBusResponse {
        arn: Some(bus.arn),
        name: Some(bus.name),
        description: bus.description,
        ..Default::default()
    })
}
