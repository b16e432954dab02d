//! Counts of many things at once, put together before they are written.

use std::collections::BTreeMap;

use freehold_store::{Error, Tx};
use jiff::Timestamp;

use crate::tally::{count, hour_of};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    resource: String,
    account: String,
    service: &'static str,
    usage_type: &'static str,
    hour: Timestamp,
}

/// How much was used, by resource, usage type and hour.
#[derive(Debug, Clone, Default)]
pub struct Counts(BTreeMap<Key, u64>);

impl Counts {
    /// Counts so many millionths of a usage type's unit for a resource, by its ARN.
    pub fn add(
        &mut self,
        (account, resource): (&str, &str),
        (service, usage_type): (&'static str, &'static str),
        at: Timestamp,
        millionths: u64,
    ) {
        let (resource, account, hour) = (resource.to_owned(), account.to_owned(), hour_of(at));
        self.put(Key { resource, account, service, usage_type, hour }, millionths);
    }

    /// Counts what another has.
    pub fn join(&mut self, other: Self) {
        for (key, millionths) in other.0 {
            self.put(key, millionths);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds everything to its tallies.
    ///
    /// # Errors
    /// Those of the store.
    pub fn write(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        self.0.iter().try_for_each(|(Key { resource, account, service, usage_type, hour }, millionths)| {
            count(tx, (account, resource), (service, usage_type), *hour, *millionths)
        })
    }

    fn put(&mut self, key: Key, millionths: u64) {
        let sum = self.0.entry(key).or_default();
        *sum = sum.saturating_add(millionths);
    }
}
