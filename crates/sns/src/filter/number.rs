//! Numbers as policies compare them: "the value can range from -10^9 to 10^9, with five digits of accuracy after the
//! decimal point" (*guide, Filter policy constraints*).

use super::Invalid;

const LIMIT: f64 = 1e9;
const ACCURACY: f64 = 1e5;

/// A number in range, counted in hundred-thousandths: equal means equal to five digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(i64);

impl Number {
    /// `None` where the value is out of range.
    pub(super) fn new(value: f64) -> Option<Self> {
        // At most 10^14, which both types hold exactly.
        (value.abs() <= LIMIT).then(|| Self((value * ACCURACY).round() as i64))
    }

    /// A policy's number, which must be in range.
    pub(super) fn required(value: f64) -> Result<Self, Invalid> {
        Self::new(value).ok_or_else(|| Invalid::because("Value must be between -1.0E9 and 1.0E9, inclusive"))
    }
}

/// Reads a number as JSON and attributes of type Number write it.
pub(super) fn read(text: &str) -> Option<f64> {
    // Rust reads `inf` and `nan` as well.
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if plain { text.parse().ok() } else { None }
}
