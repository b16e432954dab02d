//! Taking up what the journal holds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use freehold_store::messages::{Journal, Message};

use crate::cell::Cell;
use crate::message::{QueueId, Settings};
use crate::registry::Registry;
use crate::state::{Entry, Labels, Phase, Used};

/// Until a queue is configured, nothing of it is received and nothing of it is too old.
const UNKNOWN: Settings =
    Settings { fifo: None, retention: Duration::MAX, dead_letters: None, max_in_flight: usize::MAX };

pub fn load(journal: &mut dyn Journal, registry: &Registry) -> Result<(), freehold_store::Error> {
    // A million times the same few queues: the registry's lock need not be taken for each message.
    let mut cells: HashMap<QueueId, Arc<Cell>> = HashMap::new();
    let mut cell =
        |queue| Arc::clone(cells.entry(queue).or_insert_with(|| registry.find_or_make(queue, UNKNOWN.clone())));
    journal.messages(&mut |message| {
        cell(message.queue).state().add(message.sequence, entry(message));
    })?;
    for used in journal.deduplications()? {
        let note = Used { sequence: used.sequence, id: used.id, at: used.at };
        cell(used.queue).state().deduplications.note(used.key, note);
    }
    Ok(())
}

/// A lease is not kept: what was in flight is visible. A delay is.
fn entry(message: Message) -> Entry {
    let is_new = message.receive_count == 0 && message.due > message.sent;
    Entry {
        origin: message.origin,
        first_received: message.first_received,
        receive_count: message.receive_count,
        phase: if is_new { Phase::Delayed { until: message.due } } else { Phase::Visible },
        ..Entry::new(message.id, message.content, message.sent, Labels::of(message.group, message.deduplication))
    }
}
