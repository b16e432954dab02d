//! Reading and writing.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

use crate::{Document, Error, Filter, Row};

/// The inside of a transaction: sees its own writes; nobody else sees them until it is on disk.
pub trait Tx {
    fn get_row(&mut self, kind: &str, id: &str) -> Result<Option<Row>, Error>;
    fn list_rows(&mut self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error>;
    /// Writes the row whatever was there; sets its revision.
    fn put_row(&mut self, row: Row) -> Result<u64, Error>;
    /// Removes the row; tells whether it was there.
    fn delete_row(&mut self, kind: &str, id: &str) -> Result<bool, Error>;
}

/// A closure to run inside a transaction. `false` rolls its writes back.
pub type Job = Box<dyn FnOnce(&mut dyn Tx) -> bool + Send>;

/// Durable state.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Runs `job` alone and resolves when its outcome is on disk.
    async fn run(&self, job: Job) -> Result<(), Error>;

    /// Reads one row as of the last commit.
    fn get_row(&self, kind: &str, id: &str) -> Result<Option<Row>, Error>;

    /// Reads rows as of the last commit, in the order of their ids.
    fn list_rows(&self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error>;

    /// A counter that moves whenever a row of this kind is committed.
    fn watch(&self, kind: &str) -> watch::Receiver<u64>;
}


/// Typed access on top of [`Store`].
#[async_trait]
pub trait StoreExt {
    /// Runs `closure` in a transaction. An `Err` rolls back and is returned as it is; the store's own errors are
    /// converted with `From`.
    async fn transact<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static;

    fn get<D: Document>(&self, id: &str) -> Result<Option<D>, Error>;

    fn list<D: Document>(&self, filter: &Filter) -> Result<Vec<D>, Error>;
}

/// Shared handle to a store.
pub type SharedStore = Arc<dyn Store>;
