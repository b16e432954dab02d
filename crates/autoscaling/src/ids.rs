//! Random names and the form of times.

use jiff::Timestamp;

/// A version 4 UUID: of groups, policies, activities, hooks' tokens.
pub(crate) fn uuid() -> String {
    let random: u128 = rand::random();
    let bits = random & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0xffff,
        (bits >> 48) & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}

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
    fn uuids_are_of_version_4() {
        let id = uuid();
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert!("89ab".contains(&id[19..20]), "{id}");
        assert_ne!(id, uuid());
    }

    #[test]
    fn times_are_in_utc() {
        assert_eq!(moment(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00Z");
        assert_eq!(moment_in_message(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }
}
