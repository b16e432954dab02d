//! TestEventPattern.

use std::sync::Arc;

use freehold_api::events::{TestEventPatternRequest, TestEventPatternResponse};
use freehold_wire::Call;
use serde_json::Value;

use crate::Events;
use crate::errors::{Error, Result};
use crate::pattern::Pattern;

/// What every event has (*TestEventPattern: Event: must follow the format of events*).
const REQUIRED: [&str; 7] = ["id", "account", "source", "time", "region", "resources", "detail-type"];

pub(in crate::operations) async fn test_event_pattern(
    _: Arc<Events>,
    _: Call,
    input: TestEventPatternRequest,
) -> Result<TestEventPatternResponse, freehold_wire::Error> {
    let pattern = Pattern::parse(&input.event_pattern.unwrap_or_default()).map_err(Error::from)?;
    let event: Value = serde_json::from_str(&input.event.unwrap_or_default())
        .map_err(|_| Error::invalid("Parameter Event is not valid."))?;
    if let Some(missing) = REQUIRED.iter().find(|name| event.get(**name).is_none()) {
        return Err(
            Error::invalid(format!("Parameter Event is not valid. Reason: {missing} is a required argument.")).into()
        );
    }
    Ok(TestEventPatternResponse { result: Some(pattern.matches(&event)) })
}
