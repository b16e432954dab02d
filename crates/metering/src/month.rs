//! Months, by which rows are found again.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A month of UTC: `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    /// 1 to 12.
    month: i8,
}

impl Month {
    pub fn of(moment: Timestamp) -> Self {
        let date = moment.to_zoned(TimeZone::UTC);
        Self { year: date.year(), month: date.month() }
    }

    pub fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year.saturating_add(1), month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }

    /// Its first moment; the last one of the calendar if it is beyond that.
    pub fn start(self) -> Timestamp {
        let first = Date::new(self.year, self.month, 1).and_then(|day| day.to_zoned(TimeZone::UTC));
        first.map_or(Timestamp::MAX, |day| day.timestamp())
    }

    /// From this month to the one of `last`, both included.
    pub fn up_to(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |month| Some(month.next())).take_while(move |month| *month <= last)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_each_other_over_the_turn_of_the_year() {
        let month = |text: &str| Month::of(text.parse().unwrap());
        let (november, february) = (month("2026-11-30T23:59:59Z"), month("2027-02-01T00:00:00Z"));
        let names: Vec<_> = november.up_to(february).map(|month| month.to_string()).collect();
        assert_eq!(names, ["2026-11", "2026-12", "2027-01", "2027-02"]);
    }
}
