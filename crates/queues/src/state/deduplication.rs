//! Which deduplication ids were used of late.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::message::Millis;

/// How long an id stands for the message that it was first sent with: 5 minutes.
pub const INTERVAL: Millis = 5 * 60 * 1000;

pub type Key = [u8; 16];

/// The message that an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub sequence: u64,
    pub id: u128,
    pub at: Millis,
}

#[derive(Debug, Default)]
pub struct Deduplications(HashMap<Key, Used>);

impl Deduplications {
    /// The message that the id stands for at this time.
    pub fn find(&self, key: &Key, now: Millis) -> Option<Used> {
        self.0.get(key).copied().filter(|used| now - used.at < INTERVAL)
    }

    /// Lets the id stand for a message; returns what it stood for.
    pub fn note(&mut self, key: Key, used: Used) -> Option<Used> {
        self.0.insert(key, used)
    }

    /// Takes [`Self::note`] back.
    pub fn restore(&mut self, key: &Key, before: Option<Used>) {
        match before {
            Some(used) => self.0.insert(*key, used),
            None => self.0.remove(key),
        };
    }

    /// Forgets what no longer counts; tells whether there was any.
    pub fn forget(&mut self, now: Millis) -> bool {
        let before = self.0.len();
        self.0.retain(|_, used| now - used.at < INTERVAL);
        self.0.len() < before
    }
}

/// What an id is known by: a digest, as ids may be long and there may be many. `group` where ids mean something within
/// their group only.
pub fn key(group: Option<&str>, id: &str) -> Key {
    let mut hash = Sha256::new();
    if let Some(group) = group {
        hash.update((group.len() as u64).to_be_bytes());
        hash.update(group);
    }
    hash.update(id);
    let digest = hash.finalize();
    std::array::from_fn(|position| digest[position])
}
