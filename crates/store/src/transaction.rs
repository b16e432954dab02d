//! Reading and writing: the object-safe traits that a store implements, and the typed ones that services use.
//!
//! A [`Store`] runs closures, one after the other, each seeing all that was committed before it. A closure that
//! succeeds is on disk when [`StoreExt::transact`] resolves; one that refuses or panics leaves no trace. Closures
//! run on the store's own thread: they must not block on anything but the [`Tx`] they are given, and as they are
//! never run twice they may move what they capture.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::{Document, Error, Filter, Row, row};

/// Is shown a row's id and document.
pub type Look<'a> = dyn FnMut(&str, &[u8]) -> Result<(), Error> + 'a;

/// The inside of a transaction: sees its own writes; nobody else sees them until it is on disk.
///
/// After any method has returned an error that speaks of the store (full, damaged, engine) the transaction can no
/// longer be committed, even if the closure ignores the error.
pub trait Tx {
    /// The region that typed writes are made in.
    fn region(&self) -> &str;
    fn get_row(&mut self, kind: &str, id: &str) -> Result<Option<Row>, Error>;
    /// Rows in the order of their ids (bytewise).
    fn list_rows(&mut self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error>;
    /// Shows what [`Tx::list_rows`] would copy, row by row, until `look` fails.
    fn look_at_rows(&mut self, kind: &str, filter: &Filter, look: &mut Look<'_>) -> Result<(), Error>;
    /// Writes the row whatever was there; returns the revision that it was given.
    fn put_row(&mut self, row: Row) -> Result<u64, Error>;
    /// Removes the row; tells whether it was there.
    fn delete_row(&mut self, kind: &str, id: &str) -> Result<bool, Error>;
}

/// Typed access inside a transaction.
pub trait TxExt {
    fn get<D: Document>(&mut self, id: &str) -> Result<Option<D>, Error>;
    fn list<D: Document>(&mut self, filter: &Filter) -> Result<Vec<D>, Error>;
    /// Writes the document whatever was there.
    fn put<D: Document>(&mut self, document: &D) -> Result<(), Error>;
    /// Removes the document; tells whether it was there.
    fn delete<D: Document>(&mut self, id: &str) -> Result<bool, Error>;
    /// Writes a row that was read earlier, outside of this transaction, unless someone else wrote it since
    /// ([`Error::Conflict`]). A row with revision 0 must not exist yet.
    fn put_unchanged(&mut self, row: Row) -> Result<u64, Error>;
}

impl<X: Tx + ?Sized> TxExt for X {
    fn get<D: Document>(&mut self, id: &str) -> Result<Option<D>, Error> {
        self.get_row(D::KIND, id)?.map(|row| row.decode()).transpose()
    }

    fn list<D: Document>(&mut self, filter: &Filter) -> Result<Vec<D>, Error> {
        decode_all(|look| self.look_at_rows(D::KIND, filter, look))
    }

    fn put<D: Document>(&mut self, document: &D) -> Result<(), Error> {
        let row = Row::encode(document, self.region())?;
        self.put_row(row).map(drop)
    }

    fn delete<D: Document>(&mut self, id: &str) -> Result<bool, Error> {
        self.delete_row(D::KIND, id)
    }

    fn put_unchanged(&mut self, row: Row) -> Result<u64, Error> {
        let stored = self.get_row(&row.kind, &row.id)?.map_or(0, |stored| stored.revision);
        if stored != row.revision {
            return Err(Error::Conflict { kind: row.kind, id: row.id });
        }
        self.put_row(row)
    }
}

/// Decodes each row where it lies.
fn decode_all<D: Document>(rows: impl FnOnce(&mut Look<'_>) -> Result<(), Error>) -> Result<Vec<D>, Error> {
    let mut documents = Vec::new();
    rows(&mut |id, document| {
        documents.push(row::decode(D::KIND, id, document)?);
        Ok(())
    })?;
    Ok(documents)
}

/// A closure to run inside a transaction. `false` rolls its writes back.
pub type Job = Box<dyn FnOnce(&mut dyn Tx) -> bool + Send>;

/// Durable state.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The region that typed writes are made in.
    fn region(&self) -> &str;

    /// Runs `job` alone and resolves when its outcome is on disk. Dropping the future does not take the job back.
    async fn run(&self, job: Job) -> Result<(), Error>;

    /// Reads one row as of the last commit.
    fn get_row(&self, kind: &str, id: &str) -> Result<Option<Row>, Error>;

    /// Reads rows as of the last commit, in the order of their ids (bytewise).
    fn list_rows(&self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error>;

    /// Shows what [`Store::list_rows`] would copy, row by row, until `look` fails. `look` must not use the store.
    fn look_at_rows(&self, kind: &str, filter: &Filter, look: &mut Look<'_>) -> Result<(), Error>;

    /// A counter that moves after a commit that wrote or deleted rows of this kind.
    fn watch(&self, kind: &str) -> watch::Receiver<u64>;
}

/// Typed access on top of [`Store`]; works on `Arc<dyn Store>` and `&dyn Store` as well as on a store itself.
pub trait StoreExt {
    /// Runs `closure` in a transaction. An `Err` rolls back and is returned as it is; the store's own errors are
    /// converted with `From`.
    fn transact<T, E, F>(&self, closure: F) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static;

    fn get<D: Document>(&self, id: &str) -> Result<Option<D>, Error>;

    fn list<D: Document>(&self, filter: &Filter) -> Result<Vec<D>, Error>;
}

impl<S: Store + ?Sized> StoreExt for S {
    async fn transact<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        self.run(Box::new(move |tx| {
            let result = closure(tx);
            let commit = result.is_ok();
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            commit
        }))
        .await?;
        let result = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // `run` answers Ok only after the closure has returned; a store that breaks this is reported, not trusted.
        result.unwrap_or_else(|| Err(Error::Engine("a transaction was answered before it ran".into()).into()))
    }

    fn get<D: Document>(&self, id: &str) -> Result<Option<D>, Error> {
        self.get_row(D::KIND, id)?.map(|row| row.decode()).transpose()
    }

    fn list<D: Document>(&self, filter: &Filter) -> Result<Vec<D>, Error> {
        decode_all(|look| self.look_at_rows(D::KIND, filter, look))
    }
}

/// Shared handle to a store.
pub type SharedStore = Arc<dyn Store>;
