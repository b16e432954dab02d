//! The two ways in which requests say when they were signed.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// `20150830T123600Z`, and nothing else.
pub(super) fn parse_basic(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
    if bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0_i16, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0')))
    };
    // Two digits always fit into eight bits.
    let small = |from: usize| number(from, from + 2).map(|number| number as i8);
    let civil = DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(9)?, small(11)?, small(13)?, 0).ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// `Sun, 30 Aug 2015 12:36:00 GMT`, or the basic form.
pub(super) fn parse_http_date(text: &str) -> Option<Timestamp> {
    parse_basic(text).or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
}

pub(super) fn format_basic(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_name_the_same_instant() {
        let basic = parse_basic("20150830T123600Z").unwrap();
        assert_eq!(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT"), Some(basic));
        assert_eq!(format_basic(basic), "20150830T123600Z");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "20150830", "20150830T123600", "20151330T123600Z", "2015-8-30T123600Z", "20150830T1236é0Z"] {
            assert_eq!(parse_basic(text), None, "{text}");
        }
    }
}
