//! Parts of a period: each is a column of the chart.

use freehold_billing::engine::Hour;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::ask::Period;

const HOURS_A_DAY: i64 = 24;
/// Longer periods are not shown by hours.
const MOST_HOURS: i64 = 2 * HOURS_A_DAY;
/// Longer periods are not shown by days.
const MOST_DAYS: i64 = 92;

/// How long each part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Hour,
    Day,
    Month,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub from: Hour,
    /// `14:00`, `3 Nov`, `Nov 2026`
    pub label: String,
    /// `Tuesday, 3 November 2026`
    pub name: String,
}

impl Step {
    /// The shortest that leaves columns wide enough.
    pub fn of(period: &Period) -> Self {
        match period.end.0 - period.from.0 {
            ..=MOST_HOURS => Self::Hour,
            hours if hours <= MOST_DAYS * HOURS_A_DAY => Self::Day,
            _ => Self::Month,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    fn next(self, hour: Hour) -> Hour {
        match self {
            Self::Hour => hour.plus(1),
            Self::Day => Hour(hour.0.div_euclid(HOURS_A_DAY) * HOURS_A_DAY).plus(HOURS_A_DAY),
            Self::Month => {
                let date = date_of(hour);
                let next = date.last_of_month().tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC));
                next.map_or(hour.plus(MOST_DAYS * HOURS_A_DAY), |day| Hour::of(day.timestamp()))
            }
        }
    }

    fn slot(self, from: Hour) -> Slot {
        let start = from.start().to_zoned(TimeZone::UTC);
        let (label, name) = match self {
            Self::Hour => ("%H:%M", "%-d %B %Y, %H:%M UTC"),
            Self::Day => ("%-d %b", "%A, %-d %B %Y"),
            Self::Month => ("%b %Y", "%B %Y"),
        };
        Slot { from, label: start.strftime(label).to_string(), name: start.strftime(name).to_string() }
    }
}

/// All parts of a period, in order; those of its end may be to come.
pub fn slots(period: &Period, step: Step) -> Vec<Slot> {
    let hours = std::iter::successors(Some(period.from), |hour| Some(step.next(*hour)));
    hours.take_while(|hour| *hour < period.end).map(|hour| step.slot(hour)).collect()
}

fn date_of(hour: Hour) -> Date {
    hour.start().to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::super::ask::Ask;
    use super::*;

    fn told(query: &str) -> (Step, Vec<Slot>) {
        let period = Ask::read(query).unwrap().period("2026-11-30T13:30:00Z".parse().unwrap()).unwrap();
        let step = Step::of(&period);
        (step, slots(&period, step))
    }

    #[test]
    fn a_month_has_its_days_and_a_day_its_hours() {
        let (step, days) = told("period=month");
        assert_eq!((step, days.len()), (Step::Day, 30));
        assert_eq!((&*days[29].label, &*days[29].name), ("30 Nov", "Monday, 30 November 2026"));
        let (step, hours) = told("period=day");
        assert_eq!((step, hours.len(), &*hours[23].label), (Step::Hour, 24, "23:00"));
        assert_eq!(told("period=hour").1.len(), 1);
    }

    #[test]
    fn a_year_has_its_months() {
        let (step, months) = told("from=2025-12-15&to=2026-11-30");
        assert_eq!((step, months.len()), (Step::Month, 12));
        assert_eq!((&*months[0].label, &*months[11].label), ("Dec 2025", "Nov 2026"));
        assert_eq!(months[1].from.start().to_string(), "2026-01-01T00:00:00Z");
    }
}
