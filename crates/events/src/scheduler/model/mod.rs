//! What is stored: schedules and their groups.

mod group;
mod schedule;

pub(crate) use group::{DEFAULT_GROUP, Group, group_arn};
pub(crate) use schedule::{Moment, Schedule, ScheduleTarget, schedule_arn};
