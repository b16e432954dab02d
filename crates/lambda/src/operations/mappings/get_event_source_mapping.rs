//! GetEventSourceMapping.

use std::sync::Arc;

use freehold_api::lambda::{EventSourceMappingConfiguration, GetEventSourceMappingRequest};
use freehold_wire::Call;

use super::{find, view};
use crate::Lambda;

pub(super) async fn get_event_source_mapping(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, freehold_wire::Error> {
    let found = find(&lambda.store, &call, &input.uuid.unwrap_or_default())?;
    Ok(view(&call, found))
}
