//! Events: put, read back from a stream, sought in a group.

mod filter_log_events;
mod get_log_events;
mod put_log_events;
mod start_live_tail;

use std::sync::Arc;

use freehold_api::logs::op;
use freehold_wire::Service;

use crate::Logs;
use crate::errors::Error;
use crate::model::{Class, Group};

/// Most that a page has.
const EVENTS: usize = 10_000;
const BYTES: usize = 1 << 20;

pub(super) fn register(service: Service, state: &Arc<Logs>) -> Service {
    service
        .on(op::PutLogEvents, state, put_log_events::put_log_events)
        .on(op::GetLogEvents, state, get_log_events::get_log_events)
        .on(op::FilterLogEvents, state, filter_log_events::filter_log_events)
        .on_stream(op::StartLiveTail, state, start_live_tail::start_live_tail)
}

/// Events of the other class are there for queries alone (*User guide, Log classes*).
fn check_readable(group: &Group) -> Result<(), Error> {
    match group.class {
        Class::Standard => Ok(()),
        Class::InfrequentAccess => Err(Error::InvalidParameter(format!(
            "Events of log groups of the class {} cannot be read by this operation.",
            group.class.name()
        ))),
    }
}
