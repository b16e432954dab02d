//! A queue in memory: which messages it has, who may receive them next, and when hidden ones come back. No I/O and no
//! clock of its own: time is given, and what must be written is told to the caller.

mod attempts;
mod deduplication;
mod entry;
mod line;
mod take;

use std::collections::BTreeSet;

use crate::message::{Counts, Millis, Settings};
use crate::{Receipt, ReceiptError};

use attempts::Attempts;
pub use deduplication::{Deduplications, Used, key as deduplication_key};
pub use entry::{Entry, Labels, Phase};
use line::{Entries, Line};
pub use take::{Lease, Taken};

/// A message cannot be kept from others for longer than this since it was received (*SQS developer guide, Visibility
/// timeout*: 12 hours).
const LONGEST_LEASE: Millis = 12 * 60 * 60 * 1000;

#[derive(Debug)]
pub struct Queue {
    pub settings: Settings,
    pub deduplications: Deduplications,
    entries: Entries,
    line: Line,
    /// What time makes visible, in the order in which it does.
    hidden: BTreeSet<(Millis, u64)>,
    attempts: Attempts,
    in_flight: u64,
    delayed: u64,
    leaving: u64,
}

impl Queue {
    pub fn new(settings: Settings) -> Self {
        Self {
            line: Line::new(settings.fifo.is_some()),
            settings,
            deduplications: Deduplications::default(),
            entries: Entries::default(),
            hidden: BTreeSet::new(),
            attempts: Attempts::default(),
            in_flight: 0,
            delayed: 0,
            leaving: 0,
        }
    }

    /// Gives the queue other settings. Only a queue that was not known so far becomes another kind.
    pub fn configure(&mut self, settings: Settings) {
        let becomes = settings.fifo.is_some() != self.is_fifo();
        self.settings = settings;
        if becomes {
            self.line = Line::new(self.is_fifo());
            for (sequence, entry) in &self.entries {
                self.line.changed(*sequence, &self.entries, false);
                debug_assert!(!entry.phase.is_in_flight(), "a queue that is in use changed its kind");
            }
        }
    }

    pub fn is_fifo(&self) -> bool {
        self.settings.fifo.is_some()
    }

    /// Puts a message in. Tells whether somebody may receive now who could not before.
    pub fn add(&mut self, sequence: u64, entry: Entry) -> bool {
        self.note_phase(sequence, entry.phase);
        self.entries.insert(sequence, Box::new(entry));
        self.line.changed(sequence, &self.entries, false)
    }

    /// Lets time pass: what is due becomes visible. Tells how many receivers that may concern.
    pub fn advance(&mut self, now: Millis) -> usize {
        let mut opened = 0;
        while let Some(&(due, sequence)) = self.hidden.first().filter(|(due, _)| *due <= now) {
            self.hidden.remove(&(due, sequence));
            opened += usize::from(self.change_phase(sequence, Phase::Visible));
        }
        opened
    }

    /// When time makes the next message visible.
    pub fn next_due(&self) -> Option<Millis> {
        self.hidden.first().map(|(due, _)| *due)
    }

    /// The message of a receipt, if that is still good for deleting or moving it: from a FIFO queue only while it is in
    /// flight, as somebody else may have it otherwise.
    pub fn find(&self, receipt: &Receipt) -> Result<&Entry, ReceiptError> {
        let entry = self.entries.get(&receipt.sequence).ok_or(ReceiptError::Gone)?;
        match entry {
            entry if entry.leaving => Err(ReceiptError::Gone),
            entry if !entry.is_leased_to(receipt.lease) => Err(ReceiptError::ReceivedAgain),
            entry if self.is_fifo() && entry.is_over() => Err(ReceiptError::NotInFlight),
            entry => Ok(entry),
        }
    }

    /// Whether any of these messages is on its way out.
    pub fn are_leaving(&self, receipts: &[Receipt]) -> bool {
        receipts.iter().any(|receipt| self.entries.get(&receipt.sequence).is_some_and(|entry| entry.leaving))
    }

    /// Changes until when a message is hidden.
    pub fn hide(&mut self, receipt: &Receipt, now: Millis, until: Millis) -> Result<bool, ReceiptError> {
        let entry = self.entries.get(&receipt.sequence).ok_or(ReceiptError::Gone)?;
        if entry.leaving {
            return Err(ReceiptError::Gone);
        }
        if !entry.is_leased_to(receipt.lease) {
            return Err(ReceiptError::ReceivedAgain);
        }
        if !entry.phase.is_in_flight() {
            return Err(ReceiptError::NotInFlight);
        }
        if until - entry.received > LONGEST_LEASE {
            return Err(ReceiptError::TooLong);
        }
        self.attempts.forget_with(receipt.sequence);
        let phase = if until <= now { Phase::Visible } else { Phase::InFlight { until } };
        Ok(self.change_phase(receipt.sequence, phase))
    }

    /// A change that takes the message out is on its way to the disk: nobody may receive it.
    pub fn begin_to_leave(&mut self, sequence: u64) {
        let Some(entry) = self.entries.get_mut(&sequence).filter(|entry| !entry.leaving) else { return };
        entry.leaving = true;
        self.leaving += 1;
        let phase = entry.phase;
        self.forget_phase(sequence, phase);
        self.line.changed(sequence, &self.entries, phase.is_in_flight());
        self.attempts.forget_with(sequence);
    }

    pub fn all_begin_to_leave(&mut self, sequences: &[u64]) {
        sequences.iter().for_each(|sequence| self.begin_to_leave(*sequence));
    }

    /// A message, whatever its phase.
    pub fn entry(&self, sequence: u64) -> Option<&Entry> {
        self.entries.get(&sequence).map(|entry| &**entry)
    }

    /// The change has failed: the message is where it was.
    pub fn stay(&mut self, sequence: u64) -> bool {
        let Some(entry) = self.entries.get_mut(&sequence).filter(|entry| entry.leaving) else { return false };
        entry.leaving = false;
        self.leaving -= 1;
        let phase = entry.phase;
        self.note_phase(sequence, phase);
        self.line.changed(sequence, &self.entries, phase.is_in_flight())
    }

    /// The message is out. Tells whether somebody may receive now who could not before.
    pub fn gone(&mut self, sequence: u64) -> bool {
        let Some(entry) = self.entries.remove(&sequence) else { return false };
        if entry.leaving {
            self.leaving -= 1;
        } else {
            self.forget_phase(sequence, entry.phase);
        }
        self.line.gone(sequence, &entry, &self.entries)
    }

    /// Every message that is not leaving, in no order.
    pub fn staying(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().filter(|(_, entry)| !entry.leaving).map(|(sequence, _)| *sequence)
    }

    /// The visible messages, oldest first, as far as order lets them go.
    pub fn visible(&self, max: usize) -> Vec<u64> {
        self.line.first(max, &self.entries)
    }

    /// Whether there are messages that were kept long enough.
    pub fn has_expired(&self, now: Millis) -> bool {
        self.entries.values().any(|entry| !entry.leaving && self.is_expired(entry, now))
    }

    /// The messages that were kept long enough.
    pub fn expired(&self, now: Millis) -> Vec<u64> {
        let expired = |entry: &Entry| !entry.leaving && self.is_expired(entry, now);
        self.entries.iter().filter(|(_, entry)| expired(entry)).map(|(sequence, _)| *sequence).collect()
    }

    pub fn counts(&self) -> Counts {
        let all = self.entries.len() as u64;
        let visible = all - self.in_flight - self.delayed - self.leaving;
        Counts { visible, in_flight: self.in_flight, delayed: self.delayed }
    }

    fn is_expired(&self, entry: &Entry, now: Millis) -> bool {
        entry.sent.saturating_add(crate::message::millis(self.settings.retention)) <= now
    }

    /// Gives a message another phase. Tells whether somebody may receive now who could not before.
    fn change_phase(&mut self, sequence: u64, phase: Phase) -> bool {
        let Some(entry) = self.entries.get_mut(&sequence) else { return false };
        let before = std::mem::replace(&mut entry.phase, phase);
        self.forget_phase(sequence, before);
        self.note_phase(sequence, phase);
        self.line.changed(sequence, &self.entries, before.is_in_flight())
    }

    fn note_phase(&mut self, sequence: u64, phase: Phase) {
        match phase {
            Phase::Visible => {}
            Phase::Delayed { .. } => self.delayed += 1,
            Phase::InFlight { .. } => self.in_flight += 1,
        }
        if let Some(due) = phase.due() {
            self.hidden.insert((due, sequence));
        }
    }

    fn forget_phase(&mut self, sequence: u64, phase: Phase) {
        match phase {
            Phase::Visible => {}
            Phase::Delayed { .. } => self.delayed -= 1,
            Phase::InFlight { .. } => self.in_flight -= 1,
        }
        if let Some(due) = phase.due() {
            self.hidden.remove(&(due, sequence));
        }
    }
}
