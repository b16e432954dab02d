//! The form of times.

use jiff::Timestamp;

/// As sentences about activities write a time: `2026-03-01T12:00:00Z`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The same with milliseconds, as messages write it.
pub(crate) fn moment_in_message(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_utc() {
        assert_eq!(moment(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00Z");
        assert_eq!(moment_in_message(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }
}
