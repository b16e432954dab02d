//! Periods up to now.

use std::fmt;
use std::str::FromStr;

use freehold_metering::Month;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::Hour;

const HOURS_A_DAY: i64 = 24;

/// The hour, day or month of UTC that is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Last {
    Hour,
    Day,
    #[default]
    Month,
}

/// A period by a name that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no period: hour, day or month is")]
pub struct NoPeriod(pub String);

impl Last {
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Month];

    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// Its first hour.
    pub fn begin(self, now: Timestamp) -> Hour {
        let hour = Hour::of(now);
        match self {
            Self::Hour => hour,
            Self::Day => Hour(hour.0.div_euclid(HOURS_A_DAY) * HOURS_A_DAY),
            Self::Month => Hour::of(Month::of(now).start()),
        }
    }

    /// The hour after its last one, which may be to come.
    pub fn end(self, now: Timestamp) -> Hour {
        match self {
            Self::Hour => Hour::of(now).plus(1),
            Self::Day => self.begin(now).plus(HOURS_A_DAY),
            Self::Month => Hour::of(Month::of(now).next().start()),
        }
    }
}

impl fmt::Display for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Last {
    type Err = NoPeriod;

    fn from_str(name: &str) -> Result<Self, NoPeriod> {
        Self::ALL.into_iter().find(|last| last.name() == name).ok_or_else(|| NoPeriod(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_holds_now_and_begins_where_calendars_say() {
        let now = "2028-02-29T23:59:59Z".parse().unwrap();
        let told = |last: Last| [last.begin(now), last.end(now)].map(|hour| hour.start().to_string());
        assert_eq!(told(Last::Hour), ["2028-02-29T23:00:00Z", "2028-03-01T00:00:00Z"]);
        assert_eq!(told(Last::Day), ["2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"]);
        assert_eq!(told(Last::Month), ["2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"]);
    }

    #[test]
    fn names_are_read_back() {
        for last in Last::ALL {
            assert_eq!(last.name().parse(), Ok(last));
        }
        assert_eq!("year".parse::<Last>().unwrap_err().to_string(), "year is no period: hour, day or month is");
    }
}
