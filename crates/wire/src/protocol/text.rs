//! Scalars as text: what forms, headers and XML have in common.

use std::io::Write;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::timestamp;
use crate::schema::{Kind, TimestampFormat, Value};

/// Standard base64; clients differ about padding.
pub const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads a scalar; what was expected if the text is not one.
pub fn parse(kind: &Kind, format: Option<TimestampFormat>, text: &str) -> Result<Value, &'static str> {
    match kind {
        Kind::String => Ok(Value::String(text.to_owned())),
        Kind::Boolean if text.eq_ignore_ascii_case("true") => Ok(Value::Boolean(true)),
        Kind::Boolean if text.eq_ignore_ascii_case("false") => Ok(Value::Boolean(false)),
        Kind::Boolean => Err("a boolean, true or false"),
        Kind::Integer => text.parse::<i32>().map(|value| Value::Integer(value.into())).map_err(|_| "an integer"),
        Kind::Long => text.parse::<i64>().map(Value::Integer).map_err(|_| "a long integer"),
        Kind::Float => number(text).and_then(single).map(Value::Float).ok_or("a number"),
        Kind::Double => number(text).map(Value::Float).ok_or("a number"),
        Kind::Blob => BASE64.decode(text).map(|bytes| Value::Blob(bytes.into())).map_err(|_| "data in base64"),
        Kind::Timestamp => time(format, text).map(Value::Timestamp).ok_or("a timestamp"),
        Kind::List { .. } | Kind::Map { .. } | Kind::Structure { .. } => Err("a structure"),
    }
}

/// A decimal number. Rust reads huge ones as infinite and knows words for such: neither is a number that was meant.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|value| plain && value.is_finite())
}

/// A number as single precision has it; `None` for one that it has not.
pub fn single(value: f64) -> Option<f64> {
    Some(f64::from(value as f32)).filter(|single| single.is_finite())
}

fn time(format: Option<TimestampFormat>, text: &str) -> Option<jiff::Timestamp> {
    match format.unwrap_or(TimestampFormat::Iso8601) {
        TimestampFormat::Iso8601 => timestamp::parse_iso8601(text),
        TimestampFormat::Rfc822 => timestamp::parse_rfc822(text),
        TimestampFormat::UnixTimestamp => number(text).and_then(timestamp::from_seconds),
    }
}

/// Writes an integer, without the machinery of formatting: answers are full of them.
pub fn write_integer(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// Writes a number in the digits that its kind has, and always as one of a fraction (`22.0`): readers of JSON take it for
/// one then.
pub fn write_number(out: &mut Vec<u8>, kind: &Kind, value: f64) {
    // Writing to a vector cannot fail.
    let _ = if matches!(kind, Kind::Float) { write!(out, "{:?}", value as f32) } else { write!(out, "{value:?}") };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_read_by_kind() {
        let read = |kind, text| parse(&kind, None, text);
        assert_eq!(read(Kind::Boolean, "TRUE"), Ok(Value::Boolean(true)));
        assert_eq!(read(Kind::Integer, "-7"), Ok(Value::Integer(-7)));
        assert_eq!(read(Kind::Long, "9223372036854775807"), Ok(Value::Integer(i64::MAX)));
        assert_eq!(read(Kind::Double, "1.5e3"), Ok(Value::Float(1500.0)));
        assert_eq!(read(Kind::Blob, "aGk="), Ok(Value::Blob("hi".into())));
        assert_eq!(read(Kind::Blob, "aGk"), Ok(Value::Blob("hi".into())));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused = [
            (Kind::Boolean, "yes"),
            (Kind::Boolean, ""),
            (Kind::Integer, "2147483648"),
            (Kind::Integer, "1.0"),
            (Kind::Integer, " 1"),
            (Kind::Long, "9223372036854775808"),
            (Kind::Float, "1e39"),
            (Kind::Double, "1e999"),
            (Kind::Double, "NaN"),
            (Kind::Double, "infinity"),
            (Kind::Blob, "a b"),
            (Kind::Blob, "a"),
            (Kind::Timestamp, "soon"),
        ];
        for (kind, text) in refused {
            assert!(parse(&kind, None, text).is_err(), "{kind:?} {text}");
        }
    }
}
