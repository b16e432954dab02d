//! Dates as HTTP writes them.

use jiff::Timestamp;

/// `Sun, 06 Nov 1994 08:49:37 GMT`
pub fn rfc1123(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Seconds since the epoch.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

pub fn now_millis() -> i64 {
    Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_date_is_written_as_http_wants_it() {
        assert_eq!(super::rfc1123(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
