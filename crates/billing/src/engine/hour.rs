//! Clock hours.

use jiff::Timestamp;

const SECONDS: i64 = 3600;

/// A clock hour of UTC, counted from 1970: what commitments are measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(pub i64);

impl Hour {
    /// The hour that holds this moment.
    pub fn of(moment: Timestamp) -> Self {
        Self(moment.as_second().div_euclid(SECONDS))
    }

    /// Its first moment; the last one of the calendar if it is beyond that.
    pub fn start(self) -> Timestamp {
        Timestamp::from_second(self.0.saturating_mul(SECONDS)).unwrap_or(Timestamp::MAX)
    }

    pub fn plus(self, hours: i64) -> Self {
        Self(self.0 + hours)
    }
}
