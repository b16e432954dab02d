//! Timestamps in the three formats of AWS's models.

use std::io::Write;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// `2026-01-02T03:04:05Z`, with a fraction or an offset, or without zone, or a day alone: those are UTC.
pub fn parse_iso8601(text: &str) -> Option<Timestamp> {
    let utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    match text.parse::<Date>() {
        Ok(date) if !text.contains(['T', 't', ' ', '[']) => utc(date.to_datetime(jiff::civil::Time::midnight())),
        _ if text.ends_with(']') => None,
        _ => text.parse::<DateTime>().ok().and_then(utc),
    }
}

/// Seconds since 1970, with a fraction.
pub fn from_seconds(seconds: f64) -> Option<Timestamp> {
    // Milliseconds are what AWS keeps, and what a double holds exactly for every year that a timestamp has.
    let milliseconds = (seconds * 1000.0).round();
    (milliseconds.abs() < 1e15).then_some(())?;
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

/// `Fri, 02 Jan 2026 03:04:05 GMT`
pub fn parse_rfc822(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// With milliseconds, as EC2 writes it, or with as many digits as there are.
pub fn write_iso8601(out: &mut Vec<u8>, timestamp: Timestamp, milliseconds: bool) {
    // Writing to a vector cannot fail.
    let _ = if milliseconds { write!(out, "{timestamp:.3}") } else { write!(out, "{timestamp}") };
}

pub fn write_rfc822(out: &mut Vec<u8>, timestamp: Timestamp) {
    // Only years that the format cannot hold fail: those stay empty.
    let text = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp).unwrap_or_default();
    out.extend_from_slice(text.as_bytes());
}

/// Seconds since 1970 with up to three decimals.
pub fn write_seconds(out: &mut Vec<u8>, timestamp: Timestamp) {
    let milliseconds = timestamp.as_millisecond();
    let (sign, milliseconds) =
        if milliseconds < 0 { ("-", milliseconds.unsigned_abs()) } else { ("", milliseconds as u64) };
    let _ = write!(out, "{sign}{}.{:03}", milliseconds / 1000, milliseconds % 1000);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn iso8601_comes_in_many_forms() {
        let expected: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        for text in ["2026-01-02T03:04:05.000Z", "2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05"] {
            assert_eq!(parse_iso8601(text), Some(expected), "{text}");
        }
        assert_eq!(parse_iso8601("2026-01-02"), "2026-01-02T00:00:00Z".parse().ok());
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in
            ["", "now", "2026-13-01", "2026-01-02T25:00:00Z", "1767323045", "2026-01-02T03:04:05[Europe/Berlin]"]
        {
            assert_eq!(parse_iso8601(text), None, "{text}");
        }
        assert_eq!(from_seconds(f64::NAN), None);
        assert_eq!(from_seconds(1e300), None);
        assert_eq!(parse_rfc822("yesterday"), None);
    }

    #[test]
    fn each_format_is_written_as_aws_does() {
        let time: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(written(|out| write_iso8601(out, time, true)), "2026-01-02T03:04:05.000Z");
        assert_eq!(written(|out| write_iso8601(out, time, false)), "2026-01-02T03:04:05Z");
        assert_eq!(written(|out| write_rfc822(out, time)), "Fri, 02 Jan 2026 03:04:05 GMT");
        assert_eq!(written(|out| write_seconds(out, time)), "1767323045.000");
    }

    proptest! {
        #[test]
        fn seconds_survive_a_round_trip(milliseconds in -60_000_000_000_000i64..250_000_000_000_000) {
            let time = Timestamp::from_millisecond(milliseconds).unwrap();
            let text = written(|out| write_seconds(out, time));
            prop_assert_eq!(from_seconds(text.parse().unwrap()), Some(time));
        }

        #[test]
        fn iso8601_survives_a_round_trip(milliseconds in -60_000_000_000_000i64..250_000_000_000_000) {
            let time = Timestamp::from_millisecond(milliseconds).unwrap();
            prop_assert_eq!(parse_iso8601(&written(|out| write_iso8601(out, time, true))), Some(time));
        }
    }
}
