//! A transaction of the in-memory store: writes in place and remembers what was there.

use std::collections::BTreeSet;

use super::Tables;
use crate::transaction::Look;
use crate::{Error, Filter, Row, Tx};

/// What a row was before it was written.
struct Undo {
    kind: String,
    id: String,
    before: Option<Row>,
}

pub(super) struct MemoryTx<'a> {
    tables: &'a mut Tables,
    region: &'a str,
    undo: Vec<Undo>,
}

impl<'a> MemoryTx<'a> {
    pub fn new(tables: &'a mut Tables, region: &'a str) -> Self {
        Self { tables, region, undo: Vec::new() }
    }

    /// The kinds that were written.
    pub fn touched(self) -> BTreeSet<String> {
        self.undo.into_iter().map(|undo| undo.kind).collect()
    }

    /// Takes the writes back, the last one first.
    pub fn roll_back(self) {
        for Undo { kind, id, before } in self.undo.into_iter().rev() {
            let rows = self.tables.kinds.entry(kind).or_default();
            match before {
                Some(row) => rows.insert(id, row),
                None => rows.remove(&id),
            };
        }
    }
}

impl Tx for MemoryTx<'_> {
    fn region(&self) -> &str {
        self.region
    }

    fn get_row(&mut self, kind: &str, id: &str) -> Result<Option<Row>, Error> {
        Ok(self.tables.get(kind, id))
    }

    fn list_rows(&mut self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error> {
        Ok(self.tables.select(kind, filter).cloned().collect())
    }

    fn look_at_rows(&mut self, kind: &str, filter: &Filter, look: &mut Look<'_>) -> Result<(), Error> {
        self.tables.look(kind, filter, look)
    }

    fn put_row(&mut self, mut row: Row) -> Result<u64, Error> {
        self.tables.revision += 1;
        row.revision = self.tables.revision;
        let (kind, id, revision) = (row.kind.clone(), row.id.clone(), row.revision);
        let before = self.tables.kinds.entry(kind.clone()).or_default().insert(id.clone(), row);
        self.undo.push(Undo { kind, id, before });
        Ok(revision)
    }

    fn delete_row(&mut self, kind: &str, id: &str) -> Result<bool, Error> {
        let Some(before) = self.tables.kinds.get_mut(kind).and_then(|rows| rows.remove(id)) else { return Ok(false) };
        self.undo.push(Undo { kind: kind.to_owned(), id: id.to_owned(), before: Some(before) });
        Ok(true)
    }
}
