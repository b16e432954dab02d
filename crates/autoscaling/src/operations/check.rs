//! What operations check alike.

use crate::errors::{Error, Result};

/// A size of a group: none is negative.
pub(super) fn size(name: &str, value: i32) -> Result<u32> {
    u32::try_from(value).map_err(|_| {
        Error::validation(format!("Invalid value '{value}' for parameter {name}. It must not be less than zero."))
    })
}

/// Seconds, or another number, within bounds.
pub(super) fn within(name: &str, value: i32, least: u32, most: u32) -> Result<u32> {
    u32::try_from(value).ok().filter(|value| (least..=most).contains(value)).ok_or_else(|| {
        Error::validation(format!("The value {value} for {name} is not valid. It must be between {least} and {most}."))
    })
}

/// Refuses parameters that were given and have no effect here.
pub(super) fn refuse(asked: &[(&str, bool)]) -> Result<()> {
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}

/// Minimum, desired and maximum in their order.
pub(super) fn order(min: u32, desired: u32, max: u32) -> Result<()> {
    if min > max {
        return Err(Error::validation(format!("Max bound, {max}, must be greater than or equal to min bound, {min}")));
    }
    if !(min..=max).contains(&desired) {
        return Err(Error::validation(format!(
            "Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}"
        )));
    }
    Ok(())
}

/// What another service refused, as Auto Scaling tells it.
pub(super) fn refused(about: &str, error: freehold_wire::Error) -> Error {
    if error.fault == freehold_wire::Fault::Receiver {
        tracing::error!(%error, about, "another service failed");
        return Error::Internal;
    }
    Error::validation(format!("{about}{}", error.message))
}

/// A name that is required by the model.
pub(super) fn required(name: &str, value: Option<String>) -> Result<String> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::validation(format!("The parameter {name} is required.")))
}
