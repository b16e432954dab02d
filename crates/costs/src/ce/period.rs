//! Periods and how they are cut (*Cost Explorer API reference, DateInterval*).

use freehold_api::ce::DateInterval;
use freehold_billing::engine::Hour;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::errors::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granularity {
    Monthly,
    Daily,
    Hourly,
}

impl Granularity {
    /// The model lets through no others.
    pub fn parse(name: &str) -> Self {
        match name {
            "MONTHLY" => Self::Monthly,
            "HOURLY" => Self::Hourly,
            _ => Self::Daily,
        }
    }

    /// For operations that look at commitments, which know no hours.
    pub fn coarse(name: Option<&str>, operation: &str) -> Result<Option<Self>> {
        match name.map(Self::parse) {
            Some(Self::Hourly) => {
                Err(Error::invalid(format!("{operation} supports only the granularities DAILY and MONTHLY.")))
            }
            other => Ok(other),
        }
    }
}

/// From one hour to before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub from: Hour,
    pub to: Hour,
    /// Whether its ends are written with their time.
    with_time: bool,
}

/// *Cost Explorer user guide: up to 12 months and the month under way, and one more*
const MONTHS_BACK: i32 = 14;
/// *Cost Explorer user guide, Hourly granularity: the past 14 days*
const DAYS_BACK_HOURLY: i32 = 14;
/// *Cost Explorer user guide, Forecasting: up to 18 months, and 3 months day by day*
const MONTHS_AHEAD: i32 = 18;
const MONTHS_AHEAD_DAILY: i32 = 3;

impl Period {
    /// Of a request for costs, which may end in the future.
    pub fn of_costs(interval: Option<DateInterval>, granularity: Granularity, now: Timestamp) -> Result<Self> {
        let period = Self::read(interval, granularity == Granularity::Hourly)?;
        period.check_begin(granularity, now)?;
        Ok(period)
    }

    /// Of a request about single resources, which are kept as long as hours are, whatever the granularity.
    pub fn of_resources(interval: Option<DateInterval>, granularity: Granularity, now: Timestamp) -> Result<Self> {
        let period = Self::read(interval, granularity == Granularity::Hourly)?;
        period.check_begin(Granularity::Hourly, now)?;
        Ok(period)
    }

    /// Of what is still to come: from today on, for so long as the granularity allows.
    pub fn of_forecast(interval: Option<DateInterval>, granularity: Granularity, now: Timestamp) -> Result<Self> {
        let period = Self::read(interval, false)?;
        if period.from < day(now) {
            return Err(Error::invalid("Start date cannot be in the past: it must be today or later."));
        }
        let months = if granularity == Granularity::Monthly { MONTHS_AHEAD } else { MONTHS_AHEAD_DAILY };
        let last = now.to_zoned(TimeZone::UTC).date().checked_add(months.months()).map(begin);
        if last.is_ok_and(|last| period.to > last) {
            return Err(Error::invalid(format!("The forecast cannot go beyond {months} months from today.")));
        }
        Ok(period)
    }

    /// So many whole days up to the beginning of today.
    pub fn days_before(days: i64, now: Timestamp) -> Self {
        let to = day(now);
        Self { from: to.plus(-days * 24), to, with_time: false }
    }

    /// Whole days and parts of days.
    pub fn days(self) -> usize {
        self.cut(Granularity::Daily).len()
    }

    /// Of a request about commitments: it may end today (*The End date must be before the current date*; it is exclusive).
    pub fn of_commitments(interval: Option<DateInterval>, now: Timestamp) -> Result<Self> {
        let period = Self::read(interval, false)?;
        period.check_begin(Granularity::Daily, now)?;
        if period.to > day(now) {
            return Err(Error::invalid("End date cannot be in the future: it must be before the current date."));
        }
        Ok(period)
    }

    /// A whole number of days that ends with the last whole hour.
    pub fn looking_back(days: i64, now: Timestamp) -> Self {
        let to = Hour::of(now);
        Self { from: to.plus(-days * 24), to, with_time: false }
    }

    fn read(interval: Option<DateInterval>, with_time: bool) -> Result<Self> {
        let DateInterval { start, end } = interval.unwrap_or_default();
        let from = moment(&start.unwrap_or_default(), with_time)?;
        let to = moment(&end.unwrap_or_default(), with_time)?;
        if from >= to {
            return Err(Error::invalid("Start date (and hour) should be before end date (and hour)"));
        }
        Ok(Self { from, to, with_time })
    }

    fn check_begin(self, granularity: Granularity, now: Timestamp) -> Result<()> {
        if self.from > Hour::of(now) {
            return Err(Error::invalid("Start date cannot be after the current date."));
        }
        let today = now.to_zoned(TimeZone::UTC).date();
        let back = match granularity {
            Granularity::Hourly => DAYS_BACK_HOURLY.days(),
            _ => MONTHS_BACK.months(),
        };
        let earliest = today
            .checked_sub(back)
            .ok()
            .map(|date| begin(if granularity == Granularity::Hourly { date } else { date.first_of_month() }));
        if earliest.is_some_and(|earliest| self.from < earliest) {
            return Err(Error::invalid(match granularity {
                Granularity::Hourly => "Data of hours and of resources is available for the past 14 days only.",
                _ => "You haven't enabled historical data beyond 14 months",
            }));
        }
        Ok(())
    }

    /// As callers write it.
    pub fn interval(self) -> DateInterval {
        let format = if self.with_time { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%d" };
        let text = |hour: Hour| Some(hour.start().to_zoned(TimeZone::UTC).strftime(format).to_string());
        DateInterval { start: text(self.from), end: text(self.to) }
    }

    /// Its parts: whole ones, but for the first and the last if the period begins or ends within them.
    pub fn cut(self, granularity: Granularity) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut from = self.from;
        while from < self.to {
            let date = from.start().to_zoned(TimeZone::UTC).date();
            let next = match granularity {
                Granularity::Hourly => from.plus(1),
                Granularity::Daily => date.tomorrow().map_or(self.to, begin),
                Granularity::Monthly => date.last_of_month().tomorrow().map_or(self.to, begin),
            };
            let to = next.min(self.to);
            parts.push(Self { from, to, ..self });
            from = to;
        }
        parts
    }

    /// How much of it is past, with the hour that is under way: what is promised for an hour is owed when it begins.
    pub fn until(self, now: Timestamp) -> Hour {
        self.to.min(Hour::of(now).plus(1)).max(self.from)
    }

    /// Whether its bill may still change: it is not from a month that is over.
    pub fn is_estimated(self, now: Timestamp) -> bool {
        self.to > begin(now.to_zoned(TimeZone::UTC).date().first_of_month())
    }

    /// How many hours of another span lie in it.
    pub fn overlap(self, from: Hour, to: Hour) -> i64 {
        (self.to.min(to).0 - self.from.max(from).0).max(0)
    }

    pub fn contains(self, hour: Hour) -> bool {
        (self.from..self.to).contains(&hour)
    }
}

/// The first hour of a day.
fn begin(date: Date) -> Hour {
    date.to_zoned(TimeZone::UTC).map_or(Hour(i64::MAX / 3600), |start| Hour::of(start.timestamp()))
}

/// The first hour of today.
fn day(now: Timestamp) -> Hour {
    begin(now.to_zoned(TimeZone::UTC).date())
}

fn moment(text: &str, with_time: bool) -> Result<Hour> {
    let read = if with_time {
        text.parse::<Timestamp>().ok().filter(|at| at.as_second() % 3600 == 0).map(Hour::of)
    } else {
        text.parse::<Date>().ok().filter(|_| text.len() == 10).map(begin)
    };
    let format = if with_time { "yyyy-MM-ddTHH:00:00Z" } else { "yyyy-MM-dd" };
    read.ok_or_else(|| Error::invalid(format!("The date '{text}' is invalid: its format should be {format}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start: &str, end: &str) -> Option<DateInterval> {
        Some(DateInterval { start: Some(start.into()), end: Some(end.into()) })
    }

    fn now() -> Timestamp {
        "2026-11-30T10:30:00Z".parse().unwrap()
    }

    fn costs(start: &str, end: &str, granularity: Granularity) -> Result<Period> {
        Period::of_costs(interval(start, end), granularity, now())
    }

    #[test]
    fn months_are_cut_where_they_end() {
        let period = costs("2026-10-20", "2026-12-01", Granularity::Monthly).unwrap();
        let parts: Vec<_> = period.cut(Granularity::Monthly).into_iter().map(Period::interval).collect();
        assert_eq!(
            parts,
            [interval("2026-10-20", "2026-11-01").unwrap(), interval("2026-11-01", "2026-12-01").unwrap()]
        );
        assert_eq!(period.cut(Granularity::Daily).len(), 12 + 30);
        assert_eq!(period.until(now()), Hour::of("2026-11-30T11:00:00Z".parse().unwrap()));
        let estimated: Vec<_> = period.cut(Granularity::Monthly).into_iter().map(|it| it.is_estimated(now())).collect();
        assert_eq!(estimated, [false, true]);
    }

    #[test]
    fn hours_are_written_with_their_time() {
        let period = costs("2026-11-30T08:00:00Z", "2026-11-30T10:00:00Z", Granularity::Hourly).unwrap();
        let parts = period.cut(Granularity::Hourly);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].interval(), interval("2026-11-30T09:00:00Z", "2026-11-30T10:00:00Z").unwrap());
    }

    #[test]
    fn periods_that_cannot_be_told_of_are_refused() {
        for (start, end, granularity) in [
            ("2026-11-30", "2026-11-30", Granularity::Daily),
            ("2026-11-30", "2026-11-29", Granularity::Daily),
            ("2026-12-01", "2026-12-02", Granularity::Daily),
            ("2025-08-31", "2026-12-01", Granularity::Monthly),
            ("2026-11-30", "2026-12-01", Granularity::Hourly),
            ("2026-11-30T08:00:00Z", "2026-11-30T09:00:00Z", Granularity::Daily),
            ("2026-11-30T08:30:00Z", "2026-11-30T09:00:00Z", Granularity::Hourly),
            ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", Granularity::Hourly),
            ("2026-02-30", "2026-12-01", Granularity::Daily),
        ] {
            assert!(costs(start, end, granularity).is_err(), "{start} {end} {granularity:?}");
        }
        assert!(costs("2025-09-01", "2026-12-01", Granularity::Monthly).is_ok());
        let commitments = |end| Period::of_commitments(interval("2026-11-01", end), now());
        assert!(commitments("2026-11-30").is_ok());
        assert!(commitments("2026-12-01").is_err());
    }
}
