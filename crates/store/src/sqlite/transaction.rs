//! A transaction of the durable store: one job between its savepoint and its release.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;

use super::failure::classify;
use super::query;
use crate::transaction::Look;
use crate::{Error, Filter, Row, Tx};

pub(super) struct SqliteTx<'a> {
    pub connection: &'a Connection,
    pub path: &'a Path,
    pub region: &'a str,
    /// The last revision that was given.
    pub revision: u64,
    /// The kinds that were written.
    pub touched: BTreeSet<String>,
    /// The engine's first error, after which nothing of this job may be committed.
    pub failure: Option<Error>,
}

impl SqliteTx<'_> {
    fn note<T>(&mut self, result: rusqlite::Result<T>) -> Result<T, Error> {
        result.map_err(|error| {
            let error = classify(self.path, &error);
            self.failure.get_or_insert_with(|| error.clone());
            error
        })
    }

    fn touch(&mut self, kind: &str) {
        if !self.touched.contains(kind) {
            self.touched.insert(kind.to_owned());
        }
    }
}

impl Tx for SqliteTx<'_> {
    fn region(&self) -> &str {
        self.region
    }

    fn get_row(&mut self, kind: &str, id: &str) -> Result<Option<Row>, Error> {
        let row = query::get(self.connection, kind, id);
        self.note(row)
    }

    fn list_rows(&mut self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error> {
        let rows = query::list(self.connection, kind, filter);
        self.note(rows)
    }

    fn look_at_rows(&mut self, kind: &str, filter: &Filter, look: &mut Look<'_>) -> Result<(), Error> {
        let looked = query::look(self.connection, kind, filter, look);
        self.note(looked)?
    }

    fn put_row(&mut self, mut row: Row) -> Result<u64, Error> {
        self.revision += 1;
        row.revision = self.revision;
        let written = query::put(self.connection, &row);
        self.note(written)?;
        self.touch(&row.kind);
        Ok(row.revision)
    }

    fn delete_row(&mut self, kind: &str, id: &str) -> Result<bool, Error> {
        let deleted = query::delete(self.connection, kind, id);
        let deleted = self.note(deleted)?;
        if deleted {
            self.touch(kind);
        }
        Ok(deleted)
    }
}
