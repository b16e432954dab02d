//! EventBridge Scheduler: schedules by rate, by cron in a zone, or once, each with one target (*Scheduler user guide*).

mod errors;
mod fire;
mod model;
mod operations;
mod read;
mod show;

pub(crate) use fire::fire;
pub(crate) use model::Schedule;
pub(crate) use operations::service;
