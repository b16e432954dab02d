//! Alarms at work: which there are ([`book`]), what state their data put them in ([`evaluate`]), what is said of it
//! ([`reason`], [`message`], [`event`]), and what follows ([`transition`]).

mod book;
mod evaluate;
mod event;
mod message;
mod reason;
mod target;
mod transition;
mod watch;

pub(crate) use book::Book;
pub(crate) use evaluate::{Datapoint, Evaluation, Verdict, evaluate};
pub(crate) use message::iso_time;
pub(crate) use target::{InstanceAction, Target};
pub(crate) use transition::{Change, latest, put_actions};
pub(crate) use watch::{Watch, look};
