//! When a reservation ends.

use jiff::Timestamp;

use crate::errors::{Error, Result};

/// The date of one that has any. `before` is what it was, if it is modified (*API reference, CreateCapacityReservation:
/// EndDateType*).
pub fn read(
    kind: Option<&str>,
    date: Option<Timestamp>,
    before: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let conflict = |text: &str| Err(Error::InvalidParameterCombination(text.to_owned()));
    match (kind, date) {
        (None, None) => Ok(before),
        (Some("unlimited"), None) => Ok(None),
        (Some("unlimited"), Some(_)) => conflict("EndDate cannot be used with an EndDateType of unlimited."),
        (None, Some(_)) if before.is_none() => conflict("EndDate can only be used with an EndDateType of limited."),
        (Some("limited"), None) if before.is_none() => {
            conflict("An EndDateType of limited can only be used together with EndDate.")
        }
        (Some("limited"), None) => Ok(before),
        (Some("limited") | None, Some(date)) if date <= now => {
            Err(Error::invalid_value("EndDate", date, "It must be a date in the future."))
        }
        (Some("limited") | None, Some(date)) => Ok(Some(date)),
        (Some(other), _) => Err(Error::invalid_value("EndDateType", other, "Expected: limited, unlimited.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_its_kind_go_together() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (past, now, later) = (at("2026-11-29T00:00:00Z"), at("2026-11-30T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        for (kind, date, before, end) in [
            (None, None, None, Some(None)),
            (Some("unlimited"), None, Some(later), Some(None)),
            (Some("limited"), Some(later), None, Some(Some(later))),
            (None, Some(later), Some(now), Some(Some(later))),
            (Some("limited"), None, Some(later), Some(Some(later))),
            (Some("limited"), Some(past), None, None),
            (Some("limited"), None, None, None),
            (None, Some(later), None, None),
            (Some("unlimited"), Some(later), None, None),
            (Some("forever"), None, None, None),
        ] {
            assert_eq!(read(kind, date, before, now).ok(), end, "{kind:?} {date:?} {before:?}");
        }
    }
}
