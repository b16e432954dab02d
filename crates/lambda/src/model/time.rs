//! How Lambda writes times.

use jiff::Timestamp;

/// `2024-05-01T12:30:00.000+0000`, as `LastModified` of functions is written.
pub(crate) fn modified(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// `2024-05-01T12:30:00.000Z`, as events and the times of function URLs are written.
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_their_zone() {
        let at: Timestamp = "2024-05-01T12:30:00.0456Z".parse().unwrap();
        assert_eq!(modified(at), "2024-05-01T12:30:00.045+0000");
        assert_eq!(iso(at), "2024-05-01T12:30:00.045Z");
    }
}
