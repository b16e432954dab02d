//! Schedules.

use std::time::Duration;

use freehold_core::Arn;
use freehold_store::Document;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::expression::Expression;
use crate::model::Retry;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Schedule {
    pub arn: String,
    pub account: String,
    /// ARN and name of its group.
    pub group: String,
    pub group_name: String,
    pub name: String,
    pub expression: String,
    /// Of the time zone database; UTC where nothing is said.
    pub zone: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub description: Option<String>,
    pub is_enabled: bool,
    pub target: ScheduleTarget,
    /// Minutes within which it may be told late.
    pub window: Option<u32>,
    /// *ActionAfterCompletion: DELETE*
    pub ends_deleted: bool,
    pub created: Timestamp,
    pub modified: Timestamp,
    /// What comes next; `None` where it is disabled or over.
    pub next: Option<Moment>,
}

/// When it comes due, and when within its window it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    pub due: Timestamp,
    pub told: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScheduleTarget {
    pub arn: String,
    pub role: String,
    pub input: Option<String>,
    /// Message group of a FIFO queue.
    pub group: Option<String>,
    /// ARN of a queue.
    pub dead_letter: Option<String>,
    pub retry: Option<Retry>,
    /// Detail type and source of what goes to an event bus.
    pub event: Option<(String, String)>,
}

impl Schedule {
    pub fn zone(&self) -> TimeZone {
        self.zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
    }

    /// What comes after `after`. A rate begins with its start, or at once where it has none (*User guide, Rate-based
    /// schedules*). What was missed while nobody looked is not made up for.
    pub fn following(&self, after: Timestamp) -> Option<Moment> {
        let expression = Expression::parse(&self.expression, false).filter(|_| self.is_enabled)?;
        let anchor = self.start.unwrap_or(self.created);
        // Nothing comes before the start, and what comes with it counts.
        let before = |moment: Timestamp| moment.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(moment);
        let after = self.start.map_or(after, |start| after.max(before(start)));
        let due = expression.next(anchor, after, &self.zone())?;
        if self.end.is_some_and(|end| due > end) {
            return None;
        }
        let window = Duration::from_secs(60 * u64::from(self.window.unwrap_or(0)));
        let late = if window.is_zero() { window } else { rand::random_range(Duration::ZERO..window) };
        let told = SignedDuration::try_from(late).ok().and_then(|late| due.checked_add(late).ok()).unwrap_or(due);
        Some(Moment { due, told })
    }

    /// Lets it run from `now` on: its first moment may be this one.
    pub fn begin(&mut self, now: Timestamp) {
        let before = now.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(now);
        self.next = self.following(before);
    }
}

pub(crate) fn schedule_arn(region: &str, account: &str, group: &str, name: &str) -> String {
    Arn::new("scheduler", region, account, format!("schedule/{group}/{name}")).to_string()
}

impl Document for Schedule {
    const KIND: &'static str = "scheduler.schedule";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The group, and whether it waits for a time.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.group.clone()), self.next.map(|_| "waiting".to_owned()), None]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn schedule(expression: &str) -> Schedule {
        let now = time("2026-01-01T00:00:00Z");
        Schedule {
            arn: String::new(),
            account: String::new(),
            group: String::new(),
            group_name: String::new(),
            name: String::new(),
            expression: expression.to_owned(),
            zone: None,
            start: None,
            end: None,
            description: None,
            is_enabled: true,
            target: ScheduleTarget {
                arn: String::new(),
                role: String::new(),
                input: None,
                group: None,
                dead_letter: None,
                retry: None,
                event: None,
            },
            window: None,
            ends_deleted: false,
            created: now,
            modified: now,
            next: None,
        }
    }

    #[test]
    fn a_rate_begins_at_once_or_with_its_start() {
        let mut hourly = schedule("rate(1 hour)");
        hourly.begin(hourly.created);
        assert_eq!(hourly.next.unwrap().due, hourly.created);
        assert_eq!(hourly.following(hourly.created).unwrap().due, time("2026-01-01T01:00:00Z"));
        let start = time("2026-01-05T00:30:00Z");
        let later = Schedule { start: Some(start), ..schedule("rate(1 hour)") };
        assert_eq!(later.following(later.created).unwrap().due, start);
        assert_eq!(later.following(start).unwrap().due, time("2026-01-05T01:30:00Z"));
    }

    #[test]
    fn nothing_comes_after_the_end_or_while_it_is_disabled() {
        let end = time("2026-01-02T00:00:00Z");
        let daily = Schedule { end: Some(end), zone: Some("Europe/Berlin".into()), ..schedule("cron(0 9 * * ? *)") };
        let first = daily.following(daily.created).unwrap();
        assert_eq!(first.due, time("2026-01-01T08:00:00Z"));
        assert_eq!(daily.following(first.due), None);
        assert_eq!(Schedule { is_enabled: false, ..daily.clone() }.following(daily.created), None);
        assert_eq!(schedule("at(2025-01-01T00:00:00)").following(daily.created), None);
    }

    #[test]
    fn a_window_delays_by_less_than_itself() {
        let loose = Schedule { window: Some(10), ..schedule("cron(0 9 * * ? *)") };
        let Moment { due, told } = loose.following(loose.created).unwrap();
        assert!(told >= due && told.duration_since(due) < SignedDuration::from_mins(10));
    }
}
