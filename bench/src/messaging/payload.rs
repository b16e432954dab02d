//! Messages of 1 KiB that can be told apart: a number, the time of sending, and letters.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

pub const BYTES: usize = 1024;

const FILL: u8 = b'f';
const DIGITS: usize = 16;

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload {
    pub number: u64,
    /// Since an instant that sender and receiver agree on.
    pub sent: Duration,
}

impl Payload {
    /// Needs no escaping in JSON, XML or a form.
    pub fn write(self) -> String {
        let mut text = format!("{:016}-{:016}-", self.number, self.sent.as_nanos());
        text.extend(std::iter::repeat_n(FILL as char, BYTES - text.len()));
        text
    }

    /// Refuses whatever is not exactly such a message.
    pub fn read(text: &str) -> Result<Self> {
        ensure!(text.len() == BYTES, "a message of {} bytes came back", text.len());
        let number = text[..DIGITS].parse().context("the number of a message")?;
        let nanos = text[DIGITS + 1..2 * DIGITS + 1].parse().context("the time of a message")?;
        ensure!(text.as_bytes()[2 * DIGITS + 2..].iter().all(|letter| *letter == FILL), "a message came back changed");
        Ok(Self { number, sent: Duration::from_nanos(nanos) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let payload = Payload { number: 77, sent: Duration::from_nanos(123_456_789_012) };
        assert_eq!(Payload::read(&payload.write()).unwrap(), payload);
        assert!(Payload::read(&payload.write().replace("fff", "ggg")).is_err());
        assert!(Payload::read("short").is_err());
    }
}
