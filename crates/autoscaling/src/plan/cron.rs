//! When a scheduled action is due (*User guide, Scheduled scaling: recurrence*): five fields of cron in a time zone, so that
//! nine in the morning stays nine in the morning when the clocks change.

use cronexpr::{FallbackTimezoneOption, MakeTimestamp, ParseOptions, parse_crontab_with};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Why there is no such time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Invalid {
    Recurrence,
    Zone,
}

/// Fields of an expression.
const FIELDS: usize = 5;

/// The first moment after `after` that the expression names; `None` where it names none any more.
pub(crate) fn next(expression: &str, zone: Option<&str>, after: Timestamp) -> Result<Option<Timestamp>, Invalid> {
    let zone = zone.unwrap_or("UTC");
    if TimeZone::get(zone).is_err() {
        return Err(Invalid::Zone);
    }
    if expression.split_whitespace().count() != FIELDS {
        return Err(Invalid::Recurrence);
    }
    let mut options = ParseOptions::default();
    options.fallback_timezone_option = FallbackTimezoneOption::UTC;
    let crontab = parse_crontab_with(&format!("{expression} {zone}"), options).map_err(|_| Invalid::Recurrence)?;
    Ok(crontab.find_next(MakeTimestamp(after)).ok().map(|moment| moment.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_time_is_after_the_given_one() {
        let next = |after| next("30 6 * * 1-5", None, at(after)).unwrap().unwrap();
        // A Friday.
        assert_eq!(next("2026-03-06T06:29:59Z"), at("2026-03-06T06:30:00Z"));
        assert_eq!(next("2026-03-06T06:30:00Z"), at("2026-03-09T06:30:00Z"));
    }

    #[test]
    fn local_times_follow_the_clocks_of_their_zone() {
        let next = |after| next("0 9 * * *", Some("America/New_York"), at(after)).unwrap().unwrap();
        assert_eq!(next("2026-03-07T00:00:00Z"), at("2026-03-07T14:00:00Z"));
        assert_eq!(next("2026-03-08T00:00:00Z"), at("2026-03-08T13:00:00Z"));
    }

    #[test]
    fn what_is_no_expression_or_zone_is_refused() {
        let next = |expression, zone| next(expression, zone, Timestamp::UNIX_EPOCH);
        assert_eq!(next("0 9 * *", None), Err(Invalid::Recurrence));
        assert_eq!(next("61 9 * * *", None), Err(Invalid::Recurrence));
        assert_eq!(next("0 9 * * * *", None), Err(Invalid::Recurrence));
        assert_eq!(next("0 9 * * *", Some("Mars/Olympus")), Err(Invalid::Zone));
        assert_eq!(next("0 0 30 2 *", None).unwrap_or(None), None);
    }
}
