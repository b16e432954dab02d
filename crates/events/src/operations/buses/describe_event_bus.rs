//! DescribeEventBus.

use std::sync::Arc;

use freehold_api::events::{DescribeEventBusRequest, DescribeEventBusResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::{Bus, DEFAULT_BUS};
use crate::operations::lookup::BusName;

pub(in crate::operations) async fn describe_event_bus(
    events: Arc<Events>,
    call: Call,
    input: DescribeEventBusRequest,
) -> Result<DescribeEventBusResponse, freehold_wire::Error> {
    let asked = BusName::of(&call, input.name.as_deref());
    let bus = events.store.get::<Bus>(&asked.arn).map_err(Error::from)?;
    if bus.is_none() && asked.name != DEFAULT_BUS {
        return Err(Error::NoBus(asked.name).into());
    }
    let mut response = DescribeEventBusResponse { name: Some(asked.name), arn: Some(asked.arn), ..Default::default() };
    if let Some(bus) = bus {
        response.description = bus.description;
        response.policy = bus.policy;
        response.creation_time = Some(bus.created);
        response.last_modified_time = Some(bus.modified);
    }
    Ok(response)
}
