//! Receives that may be asked for once more: an answer that was lost on its way can be had again (*SQS API reference,
//! ReceiveMessage: ReceiveRequestAttemptId*).

use std::collections::HashMap;

use crate::message::Millis;

/// How long an attempt is remembered: 5 minutes.
const REMEMBERED: Millis = 5 * 60 * 1000;

#[derive(Debug, Default)]
pub struct Attempts(HashMap<String, Attempt>);

#[derive(Debug)]
struct Attempt {
    at: Millis,
    /// Sequence and lease of each message.
    got: Vec<(u64, u64)>,
}

impl Attempts {
    pub fn find(&self, name: &str, now: Millis) -> Option<&[(u64, u64)]> {
        self.0.get(name).filter(|attempt| now - attempt.at < REMEMBERED).map(|attempt| attempt.got.as_slice())
    }

    pub fn note(&mut self, name: String, now: Millis, got: Vec<(u64, u64)>) {
        self.0.retain(|_, attempt| now - attempt.at < REMEMBERED);
        self.0.insert(name, Attempt { at: now, got });
    }

    /// A message was deleted or its visibility changed: what it was received with cannot be had again.
    pub fn forget_with(&mut self, sequence: u64) {
        if !self.0.is_empty() {
            self.0.retain(|_, attempt| attempt.got.iter().all(|(got, _)| *got != sequence));
        }
    }
}
