//! When something is to happen: `rate(5 minutes)`, `cron(0 12 * * ? *)`, `at(2026-01-02T03:04:05)` (*EventBridge user
//! guide, Schedule types*).

mod cron;
mod field;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub(crate) use cron::Cron;

/// A schedule expression, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// Every so many seconds.
    Rate(i64),
    Cron(Cron),
    /// Once, at this time of the schedule's zone.
    At(DateTime),
}

impl Expression {
    /// `None` if the text is no expression. Rules want `rate(1 minute)` and `rate(2 minutes)`; schedules take both words for
    /// both.
    pub fn parse(text: &str, is_strict: bool) -> Option<Self> {
        let (kind, inside) = text.strip_suffix(')')?.split_once('(')?;
        match kind {
            "rate" => rate(inside, is_strict).map(Self::Rate),
            "cron" => Cron::parse(inside).map(Self::Cron),
            "at" => at(inside).map(Self::At),
            _ => None,
        }
    }

    /// The first moment after `after` when it is due; `None` if there is none any more. Rates count from `anchor`, which is
    /// the first moment of them.
    pub fn next(&self, anchor: Timestamp, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Rate(period) => {
                let passed = after.as_second() - anchor.as_second();
                let count = if after < anchor { 0 } else { passed.div_euclid(*period) + 1 };
                let distance = SignedDuration::from_secs(count.checked_mul(*period)?);
                anchor.checked_add(distance).ok()
            }
            Self::Cron(cron) => cron.next(after, zone),
            Self::At(local) => {
                let moment = zone.to_ambiguous_zoned(*local).compatible().ok()?.timestamp();
                (moment > after).then_some(moment)
            }
        }
    }
}

/// Seconds of `5 minutes`.
fn rate(text: &str, is_strict: bool) -> Option<i64> {
    let (value, unit) = text.trim().split_once(' ')?;
    let value: i64 = value.parse().ok().filter(|value| (1..=1_000_000).contains(value))?;
    let (singular, seconds) = match unit.trim() {
        "minute" => (true, 60),
        "minutes" => (false, 60),
        "hour" => (true, 3600),
        "hours" => (false, 3600),
        "day" => (true, 86_400),
        "days" => (false, 86_400),
        _ => return None,
    };
    (!is_strict || singular == (value == 1)).then_some(value * seconds)
}

/// `2026-01-02T03:04:05`
fn at(text: &str) -> Option<DateTime> {
    (text.len() == 19).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn rates_count_from_their_anchor() {
        let five = Expression::parse("rate(5 minutes)", true).unwrap();
        let anchor = time("2026-01-01T00:00:30Z");
        let next = |after| five.next(anchor, time(after), &TimeZone::UTC).unwrap();
        assert_eq!(next("2026-01-01T00:00:00Z"), anchor);
        assert_eq!(next("2026-01-01T00:00:30Z"), time("2026-01-01T00:05:30Z"));
        assert_eq!(next("2026-01-01T01:00:00Z"), time("2026-01-01T01:00:30Z"));
    }

    #[test]
    fn words_agree_with_numbers_where_that_is_asked() {
        for text in ["rate(1 minute)", "rate(2 hours)", "rate(30 days)"] {
            assert!(Expression::parse(text, true).is_some(), "{text}");
        }
        for text in ["rate(1 minutes)", "rate(2 hour)"] {
            assert!(Expression::parse(text, true).is_none() && Expression::parse(text, false).is_some(), "{text}");
        }
        for text in
            ["", "rate()", "rate(0 minutes)", "rate(-1 days)", "rate(5 weeks)", "5 minutes", "rate(5 minutes", "at(x)"]
        {
            assert!(Expression::parse(text, false).is_none(), "{text}");
        }
    }

    #[test]
    fn once_is_in_the_zone_of_the_schedule() {
        let once = Expression::parse("at(2026-07-01T12:00:00)", false).unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let due = time("2026-07-01T10:00:00Z");
        assert_eq!(once.next(due, time("2026-01-01T00:00:00Z"), &zone), Some(due));
        assert_eq!(once.next(due, due, &zone), None);
    }
}
