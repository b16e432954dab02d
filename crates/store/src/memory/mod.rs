//! State that is forgotten at exit, for unit tests and for the model that the durable store is tested against.
//! One lock, ordered maps, and an undo log: a transaction writes in place and is taken back line by line.

mod transaction;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::transaction::{Job, Look};
use crate::watchers::Watchers;
use crate::{Error, Filter, Row, Store};
use transaction::MemoryTx;

/// Rows of one kind, by id.
type Rows = BTreeMap<String, Row>;

/// All rows, by kind, and the last revision that was given.
#[derive(Debug, Default)]
struct Tables {
    kinds: BTreeMap<String, Rows>,
    revision: u64,
}

impl Tables {
    fn get(&self, kind: &str, id: &str) -> Option<Row> {
        self.kinds.get(kind)?.get(id).cloned()
    }

    fn select(&self, kind: &str, filter: &Filter) -> impl Iterator<Item = &Row> {
        let rows = self.kinds.get(kind).into_iter().flat_map(BTreeMap::values);
        rows.filter(|row| filter.matches(row)).take(filter.limit.unwrap_or(usize::MAX))
    }

    fn look(&self, kind: &str, filter: &Filter, look: &mut Look<'_>) -> Result<(), Error> {
        self.select(kind, filter).try_for_each(|row| look(&row.id, &row.document))
    }
}

/// A store that lives as long as the value.
#[derive(Debug)]
pub struct MemoryStore {
    region: String,
    tables: Mutex<Tables>,
    watchers: Watchers,
}

impl MemoryStore {
    /// An empty store whose typed writes are made in `region`.
    pub fn new(region: &str) -> Self {
        Self { region: region.to_owned(), tables: Mutex::default(), watchers: Watchers::default() }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // A panicking job is rolled back before the lock is released, so a poisoned lock guards whole state.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn region(&self) -> &str {
        &self.region
    }

    async fn run(&self, job: Job) -> Result<(), Error> {
        let (outcome, kinds) = {
            let mut tables = self.tables();
            let mut tx = MemoryTx::new(&mut tables, &self.region);
            match catch_unwind(AssertUnwindSafe(|| job(&mut tx))) {
                Ok(true) => (Ok(()), tx.touched()),
                Ok(false) => {
                    tx.roll_back();
                    return Ok(());
                }
                Err(_) => {
                    tx.roll_back();
                    return Err(Error::Panicked);
                }
            }
        };
        self.watchers.committed(&kinds);
        outcome
    }

    fn get_row(&self, kind: &str, id: &str) -> Result<Option<Row>, Error> {
        Ok(self.tables().get(kind, id))
    }

    fn list_rows(&self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error> {
        Ok(self.tables().select(kind, filter).cloned().collect())
    }

    fn look_at_rows(&self, kind: &str, filter: &Filter, look: &mut Look<'_>) -> Result<(), Error> {
        self.tables().look(kind, filter, look)
    }

    fn watch(&self, kind: &str) -> watch::Receiver<u64> {
        self.watchers.subscribe(kind)
    }
}

#[cfg(test)]
crate::conformance::suite!(|| async { (crate::MemoryStore::new("eu-test-1"), ()) });
