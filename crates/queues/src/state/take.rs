//! Receiving: which messages a receiver gets, and which turn out to be dead letters or too old instead.

use rand::RngCore;

use super::{Entry, Phase, Queue};
use crate::message::Millis;

/// A message that somebody has now.
#[derive(Debug, Clone)]
pub struct Lease {
    pub sequence: u64,
    pub entry: Entry,
}

/// What a receiver found.
#[derive(Debug, Default)]
pub struct Taken {
    pub leases: Vec<Lease>,
    /// Were received too often; they are leaving.
    pub dead: Vec<u64>,
    /// Were kept long enough; they are leaving.
    pub expired: Vec<u64>,
    /// More may not be in flight at once.
    pub is_full: bool,
}

impl Queue {
    /// Takes up to `max` messages and hides them until `until`. `bury_after`: how often a message may be received
    /// before it is a dead letter.
    pub fn take(&mut self, now: Millis, max: usize, until: Millis, bury_after: Option<u32>) -> Taken {
        let mut taken = Taken::default();
        while taken.leases.len() < max {
            let room =
                self.settings.max_in_flight.saturating_sub(usize::try_from(self.in_flight).unwrap_or(usize::MAX));
            let found = self.line.first((max - taken.leases.len()).min(room), &self.entries);
            if found.is_empty() {
                taken.is_full = room == 0;
                break;
            }
            for sequence in found {
                self.take_one(sequence, now, until, bury_after, &mut taken);
            }
            if until <= now {
                // Those that were taken are visible again already, and would be found for ever.
                break;
            }
        }
        taken
    }

    /// The messages that an earlier attempt of this name got, hidden anew, if they are all still in flight.
    pub fn retake(&mut self, attempt: &str, now: Millis, until: Millis) -> Option<Vec<Lease>> {
        let leases = self.attempts.find(attempt, now)?.to_vec();
        let is_held = |(sequence, lease): &(u64, u64)| {
            self.entries.get(sequence).is_some_and(|entry| entry.lease == *lease && entry.phase.is_in_flight())
        };
        if !leases.iter().all(is_held) {
            return None;
        }
        let mut held = Vec::with_capacity(leases.len());
        for (sequence, _) in leases {
            self.change_phase(sequence, Phase::InFlight { until });
            held.push(Lease { sequence, entry: self.entries.get(&sequence)?.as_ref().clone() });
        }
        Some(held)
    }

    /// Remembers what an attempt got.
    pub fn remember(&mut self, attempt: String, now: Millis, leases: &[Lease]) {
        self.attempts.note(attempt, now, leases.iter().map(|lease| (lease.sequence, lease.entry.lease)).collect());
    }

    fn take_one(&mut self, sequence: u64, now: Millis, until: Millis, bury_after: Option<u32>, taken: &mut Taken) {
        let Some(entry) = self.entries.get_mut(&sequence) else { return };
        let (sent, count) = (entry.sent, entry.receive_count);
        if sent.saturating_add(crate::message::millis(self.settings.retention)) <= now {
            self.begin_to_leave(sequence);
            return taken.expired.push(sequence);
        }
        if bury_after.is_some_and(|most| count >= most) {
            self.begin_to_leave(sequence);
            return taken.dead.push(sequence);
        }
        entry.receive_count = count.saturating_add(1);
        if entry.first_received == 0 {
            entry.first_received = now;
        }
        entry.received = now;
        entry.lease = rand::rng().next_u64();
        let lease = Lease { sequence, entry: (**entry).clone() };
        if until > now {
            self.change_phase(sequence, Phase::InFlight { until });
        }
        taken.leases.push(lease);
    }
}
