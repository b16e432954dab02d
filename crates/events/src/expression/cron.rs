//! Cron in AWS's form: minutes, hours, day of the month, month, day of the week, year (*EventBridge user guide, Cron
//! expressions*).

use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::field::Field;

const MINUTES: Field = Field { low: 0, high: 59, names: &[] };
const HOURS: Field = Field { low: 0, high: 23, names: &[] };
const DAYS: Field = Field { low: 1, high: 31, names: &[] };
const MONTHS: Field = Field {
    low: 1,
    high: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const WEEKDAYS: Field = Field { low: 1, high: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };
const YEARS: Field = Field { low: 1970, high: 2199, names: &[] };

/// Six fields, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cron {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days: Days,
    months: Vec<u32>,
    years: Vec<u32>,
}

/// Which days of a month: one of the two fields says it, the other is a question mark.
#[derive(Debug, Clone, PartialEq)]
enum Days {
    OfMonth(Vec<u32>),
    /// `L`
    Last,
    /// `LW`
    LastWeekday,
    /// `15W`: the day from Monday to Friday that is nearest, in the same month.
    NearestWeekday(u32),
    OfWeek(Vec<u32>),
    /// `6L`: the last Friday.
    LastOfWeek(u32),
    /// `3#2`: the second Tuesday.
    NthOfWeek(u32, u32),
}

impl Cron {
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, day, month, weekday, year] = fields.as_slice() else { return None };
        let days = match (*day, *weekday) {
            ("?", "?") => return None,
            ("?", weekday) => days_of_week(weekday)?,
            (day, "?") => days_of_month(day)?,
            _ => return None,
        };
        let sorted = |mut values: Vec<u32>| {
            values.sort_unstable();
            values.dedup();
            values
        };
        Some(Self {
            minutes: sorted(MINUTES.parse(minutes)?),
            hours: sorted(HOURS.parse(hours)?),
            days,
            months: sorted(MONTHS.parse(month)?),
            years: sorted(YEARS.parse(year)?),
        })
    }

    /// The first moment after `after`. What a zone skips when its clocks go forward does not happen; what it has twice
    /// happens once (*Scheduler user guide, Daylight savings time*).
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let first = zone.to_datetime(after);
        let mut day = first.date();
        loop {
            day = self.next_day(day)?;
            for time in self.times_of(day).filter(|time| *time >= first) {
                let ambiguous = zone.to_ambiguous_zoned(time);
                if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
                    continue;
                }
                if let Ok(moment) = ambiguous.earlier()
                    && moment.timestamp() > after
                {
                    return Some(moment.timestamp());
                }
            }
            day = day.tomorrow().ok()?;
        }
    }

    fn times_of(&self, day: Date) -> impl Iterator<Item = DateTime> + '_ {
        let times = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| (*hour, *minute)));
        times.map(move |(hour, minute)| day.at(hour as i8, minute as i8, 0, 0))
    }

    /// The first day that fits, from `day` on.
    fn next_day(&self, day: Date) -> Option<Date> {
        let mut day = day;
        loop {
            let (year, month) = (day.year() as u32, day.month() as u32);
            if !self.years.contains(&year) {
                let next = self.years.iter().find(|candidate| **candidate > year)?;
                day = date(*next as i16, 1, 1);
            } else if !self.months.contains(&month) {
                day = day.first_of_month().checked_add(1.month()).ok()?;
            } else if self.fits(day) {
                return Some(day);
            } else {
                day = day.tomorrow().ok()?;
            }
        }
    }

    fn fits(&self, day: Date) -> bool {
        let number = day.day() as u32;
        let weekday = day.weekday().to_sunday_one_offset() as u32;
        match &self.days {
            Days::OfMonth(days) => days.contains(&number),
            Days::Last => day == day.last_of_month(),
            Days::LastWeekday => day == before_weekend(day.last_of_month()),
            Days::NearestWeekday(wanted) => nearest(day, *wanted) == Some(day),
            Days::OfWeek(days) => days.contains(&weekday),
            Days::LastOfWeek(wanted) => weekday == *wanted && number + 7 > day.days_in_month() as u32,
            Days::NthOfWeek(wanted, nth) => weekday == *wanted && (number - 1) / 7 + 1 == *nth,
        }
    }
}

fn days_of_month(text: &str) -> Option<Days> {
    match text {
        "L" => Some(Days::Last),
        "LW" => Some(Days::LastWeekday),
        _ => match text.strip_suffix('W') {
            Some(day) => DAYS.value(day).map(Days::NearestWeekday),
            None => DAYS.parse(text).map(Days::OfMonth),
        },
    }
}

fn days_of_week(text: &str) -> Option<Days> {
    if text == "L" {
        return Some(Days::OfWeek(vec![7]));
    }
    if let Some(weekday) = text.strip_suffix('L') {
        return WEEKDAYS.value(weekday).map(Days::LastOfWeek);
    }
    match text.split_once('#') {
        Some((weekday, nth)) => {
            let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth))?;
            Some(Days::NthOfWeek(WEEKDAYS.value(weekday)?, nth))
        }
        None => WEEKDAYS.parse(text).map(Days::OfWeek),
    }
}

fn before_weekend(day: Date) -> Date {
    let back = match day.weekday() {
        Weekday::Saturday => 1,
        Weekday::Sunday => 2,
        _ => 0,
    };
    day.checked_sub(back.days()).unwrap_or(day)
}

/// The weekday nearest to a day of the month that `of` lies in.
fn nearest(of: Date, wanted: u32) -> Option<Date> {
    let day = date(of.year(), of.month(), 1).checked_add((i64::from(wanted) - 1).days()).ok()?;
    if day.month() != of.month() {
        return None;
    }
    let away = match day.weekday() {
        Weekday::Saturday if wanted == 1 => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if day == day.last_of_month() => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    day.checked_add(away.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn following(expression: &str, after: &str, zone: &str, count: usize) -> Vec<String> {
        let cron = Cron::parse(expression).unwrap_or_else(|| panic!("{expression}"));
        let zone = TimeZone::get(zone).unwrap();
        let mut after: Timestamp = after.parse().unwrap();
        let next = || {
            after = cron.next(after, &zone)?;
            Some(after.to_string())
        };
        std::iter::from_fn(next).take(count).collect()
    }

    #[test]
    fn aws_own_examples_are_understood() {
        let after = "2026-01-01T00:00:00Z";
        let cases = [
            ("0 10 * * ? *", ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"]),
            ("15 12 * * ? *", ["2026-01-01T12:15:00Z", "2026-01-02T12:15:00Z"]),
            ("0 18 ? * MON-FRI *", ["2026-01-01T18:00:00Z", "2026-01-02T18:00:00Z"]),
            ("0 8 1 * ? *", ["2026-01-01T08:00:00Z", "2026-02-01T08:00:00Z"]),
            ("0/15 * * * ? *", ["2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"]),
            ("0/5 8-17 ? * MON-FRI *", ["2026-01-01T08:00:00Z", "2026-01-01T08:05:00Z"]),
            ("0 9 ? * 2#1 *", ["2026-01-05T09:00:00Z", "2026-02-02T09:00:00Z"]),
            ("0 9 ? * 6L *", ["2026-01-30T09:00:00Z", "2026-02-27T09:00:00Z"]),
            ("0 9 L * ? *", ["2026-01-31T09:00:00Z", "2026-02-28T09:00:00Z"]),
            ("0 9 LW * ? *", ["2026-01-30T09:00:00Z", "2026-02-27T09:00:00Z"]),
            ("0 9 3W * ? *", ["2026-01-02T09:00:00Z", "2026-02-03T09:00:00Z"]),
            ("0 0 29 2 ? *", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
        ];
        for (expression, expected) in cases {
            assert_eq!(following(expression, after, "UTC", 2), expected, "{expression}");
        }
    }

    #[test]
    fn it_ends_with_its_years() {
        assert_eq!(following("0 0 1 1 ? 2027", "2026-01-01T00:00:00Z", "UTC", 3), ["2027-01-01T00:00:00Z"]);
        assert!(following("0 0 1 1 ? 2020", "2026-01-01T00:00:00Z", "UTC", 1).is_empty());
        assert!(following("0 0 31 2 ? *", "2026-01-01T00:00:00Z", "UTC", 1).is_empty());
    }

    #[test]
    fn clocks_that_change_skip_once_and_repeat_nothing() {
        // 2:30 does not exist on 29 March 2026 in Berlin, and exists twice on 25 October.
        let spring = following("30 2 * * ? *", "2026-03-28T00:00:00Z", "Europe/Berlin", 2);
        assert_eq!(spring, ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"]);
        let autumn = following("30 2 * * ? *", "2026-10-24T12:00:00Z", "Europe/Berlin", 2);
        assert_eq!(autumn, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn what_is_no_expression_is_none() {
        for text in [
            "",
            "* * * * * *",
            "0 0 ? * ? *",
            "0 0 1 * * *",
            "60 0 * * ? *",
            "0 24 * * ? *",
            "0 0 32 * ? *",
            "0 0 ? * 8 *",
            "0 0 * * ?",
            "0 0 * 13 ? *",
            "0 0 ? * MON#6 *",
            "a 0 * * ? *",
            "0/0 0 * * ? *",
            "+1 0 * * ? *",
        ] {
            assert_eq!(Cron::parse(text), None, "{text}");
        }
    }
}
