//! Event buses.

mod create_event_bus;
mod delete_event_bus;
mod describe_event_bus;
mod list_event_buses;
mod update_event_bus;

pub(super) use create_event_bus::create_event_bus;
pub(super) use delete_event_bus::delete_event_bus;
pub(super) use describe_event_bus::describe_event_bus;
pub(super) use list_event_buses::list_event_buses;
pub(super) use update_event_bus::update_event_bus;

use freehold_api::events::{DeadLetterConfig, LogConfig};

use crate::errors::{Error, Result};

/// What has no effect here: events are not encrypted with keys, so that no dead-letter queue is needed for those that
/// cannot be, and no log of the bus is written.
fn refuse_unsupported(
    key: Option<&String>,
    dead_letter: Option<&DeadLetterConfig>,
    log: Option<&LogConfig>,
) -> Result<()> {
    if key.is_some_and(|key| !key.is_empty()) {
        return Err(Error::unsupported("KmsKeyIdentifier"));
    }
    if dead_letter.is_some_and(|config| config.arn.is_some()) {
        return Err(Error::unsupported("DeadLetterConfig"));
    }
    if log.is_some_and(|config| config.level.as_deref().is_some_and(|level| level != "OFF")) {
        return Err(Error::unsupported("LogConfig"));
    }
    Ok(())
}
