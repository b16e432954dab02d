//! Which messages may be received now, and in which order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::entry::{Entry, Phase};

pub type Entries = HashMap<u64, Box<Entry>>;

/// The messages of a queue in their order.
#[derive(Debug)]
pub enum Line {
    /// The visible ones.
    Standard(BTreeSet<u64>),
    Fifo(Groups),
}

/// The groups of a FIFO queue.
#[derive(Debug, Default)]
pub struct Groups {
    groups: HashMap<Arc<str>, Group>,
    /// Groups that may be received from, by the sequence of their first message.
    open: BTreeMap<u64, Arc<str>>,
}

#[derive(Debug, Default)]
struct Group {
    /// All of its messages, whatever their phase.
    members: BTreeSet<u64>,
    /// Messages in flight: while there are any, the others wait.
    in_flight: usize,
    /// Under which sequence it stands among the open ones.
    open_at: Option<u64>,
}

impl Line {
    pub fn new(fifo: bool) -> Self {
        if fifo { Self::Fifo(Groups::default()) } else { Self::Standard(BTreeSet::new()) }
    }

    /// Takes notice of a message that came, changed its phase or began to leave or stopped leaving; `was_in_flight` is
    /// what it was before. Tells whether somebody may receive now who could not before.
    pub fn changed(&mut self, sequence: u64, entries: &Entries, was_in_flight: bool) -> bool {
        let Some(entry) = entries.get(&sequence) else { return false };
        match self {
            Self::Standard(visible) => {
                if entry.phase == Phase::Visible && !entry.leaving {
                    visible.insert(sequence)
                } else {
                    visible.remove(&sequence);
                    false
                }
            }
            Self::Fifo(groups) => groups.with(entry.group(), entries, |group| {
                group.members.insert(sequence);
                group.in_flight =
                    group.in_flight + usize::from(entry.phase.is_in_flight()) - usize::from(was_in_flight);
            }),
        }
    }

    /// Takes notice of a message that is gone.
    pub fn gone(&mut self, sequence: u64, entry: &Entry, entries: &Entries) -> bool {
        match self {
            Self::Standard(visible) => {
                visible.remove(&sequence);
                false
            }
            Self::Fifo(groups) => groups.with(entry.group(), entries, |group| {
                group.members.remove(&sequence);
                group.in_flight -= usize::from(entry.phase.is_in_flight());
            }),
        }
    }

    /// The message to be received next, and those that follow it as far as they may be received together: all of a
    /// standard queue's, those of one group of a FIFO queue's. At most `max`.
    pub fn first(&self, max: usize, entries: &Entries) -> Vec<u64> {
        match self {
            Self::Standard(visible) => visible.iter().copied().take(max).collect(),
            Self::Fifo(groups) => groups.first(max, entries),
        }
    }
}

impl Groups {
    /// Changes a group, and sees whether it is open. Tells whether it has opened.
    fn with(&mut self, name: &str, entries: &Entries, change: impl FnOnce(&mut Group)) -> bool {
        let name = match self.groups.get_key_value(name) {
            Some((name, _)) => Arc::clone(name),
            None => Arc::from(name),
        };
        let group = self.groups.entry(Arc::clone(&name)).or_default();
        change(group);
        let before = group.open_at.take();
        if let Some(at) = before {
            self.open.remove(&at);
        }
        if group.members.is_empty() {
            self.groups.remove(&name);
            return false;
        }
        group.open_at = group.head(entries);
        if let Some(at) = group.open_at {
            self.open.insert(at, name);
        }
        group.open_at.is_some() && group.open_at != before
    }

    fn first(&self, max: usize, entries: &Entries) -> Vec<u64> {
        let Some(group) = self.open.first_key_value().and_then(|(_, name)| self.groups.get(name)) else {
            return Vec::new();
        };
        let staying = group.members.iter().copied().filter(|member| !is_leaving(*member, entries));
        staying.take_while(|member| is_visible(*member, entries)).take(max).collect()
    }
}

impl Group {
    /// Its first message, if that may be received.
    fn head(&self, entries: &Entries) -> Option<u64> {
        let head = self.members.iter().copied().find(|member| !is_leaving(*member, entries))?;
        (self.in_flight == 0 && is_visible(head, entries)).then_some(head)
    }
}

fn is_leaving(sequence: u64, entries: &Entries) -> bool {
    entries.get(&sequence).is_none_or(|entry| entry.leaving)
}

fn is_visible(sequence: u64, entries: &Entries) -> bool {
    entries.get(&sequence).is_some_and(|entry| entry.phase == Phase::Visible)
}
