//! Writing: jobs in one transaction, all of them or none.
//!
//! A batch is one row of its stream and three entries an event (the table and both indexes), all near the end of their
//! trees.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::writer::Job;
use super::{Batch, discard};

/// Ids of streams that are remembered; beyond that they are looked up again.
const KNOWN: usize = 10_000;

pub(super) struct Applier {
    pub(super) connection: Connection,
    /// By group and name.
    known: HashMap<(i64, String), i64>,
}

impl Applier {
    pub fn new(connection: Connection) -> Self {
        Self { connection, known: HashMap::new() }
    }

    /// What each job says, once all of them are on disk.
    pub fn commit<'a>(&mut self, mut jobs: impl Iterator<Item = &'a Job>) -> rusqlite::Result<Vec<bool>> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let mut outcomes = Vec::new();
        let applied = jobs.try_for_each(|job| self.apply(job).map(|outcome| outcomes.push(outcome)));
        let committed = Result::and_then(applied, |()| self.connection.execute_batch("COMMIT"));
        if let Err(error) = committed {
            // Some errors roll back by themselves, and then there is nothing left to take back.
            if !self.connection.is_autocommit() {
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            self.known.clear();
            return Err(error);
        }
        Ok(outcomes)
    }

    fn apply(&mut self, job: &Job) -> rusqlite::Result<bool> {
        match job {
            Job::Put(batch) => self.put(batch),
            Job::CreateStream { group, name, at } => {
                let mut statement = self.connection.prepare_cached(
                    "INSERT INTO stream (log_group, name, created, bytes) VALUES (?1, ?2, ?3, 0) ON CONFLICT DO NOTHING",
                )?;
                Ok(statement.execute(params![group, name, at])? == 1)
            }
            Job::DeleteStream { group, name } => {
                self.known.clear();
                discard::stream(&self.connection, *group, name)
            }
            Job::DeleteGroup { group } => {
                self.known.clear();
                discard::group(&self.connection, *group)
            }
            Job::Expire { group, until } => discard::expire(&self.connection, *group, *until),
            Job::Sweep => discard::sweep(&self.connection),
            Job::Delivered(id) => {
                Ok(self.connection.prepare_cached("DELETE FROM delivery WHERE id = ?1")?.execute([id])? == 1)
            }
        }
    }

    fn put(&mut self, batch: &Batch) -> rusqlite::Result<bool> {
        let Some(stream) = self.stream(batch.group, &batch.stream)? else { return Ok(false) };
        let (Some(first), Some(last)) = (batch.events.first(), batch.events.last()) else { return Ok(true) };
        let mut insert = self.connection.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for event in &batch.events {
            let place = event.place;
            insert.execute(params![place.number, batch.group, stream, place.at, batch.ingested, event.message])?;
        }
        let bytes = i64::try_from(batch.bytes()).unwrap_or(i64::MAX);
        self.connection
            .prepare_cached(
                "UPDATE stream SET first = min(ifnull(first, ?2), ?2), last = max(ifnull(last, ?3), ?3),
                 ingested = ?4, bytes = bytes + ?5 WHERE id = ?1",
            )?
            .execute(params![stream, first.place.at, last.place.at, batch.ingested, bytes])?;
        for delivery in &batch.deliveries {
            delivery.insert(&self.connection, batch.group, batch.ingested)?;
        }
        Ok(true)
    }

    fn stream(&mut self, group: i64, name: &str) -> rusqlite::Result<Option<i64>> {
        let key = (group, name.to_owned());
        if let Some(id) = self.known.get(&key) {
            return Ok(Some(*id));
        }
        let mut statement =
            self.connection.prepare_cached("SELECT id FROM stream WHERE log_group = ?1 AND name = ?2")?;
        let found: Option<i64> = statement.query_row(params![group, name], |row| row.get(0)).optional()?;
        if let Some(id) = found {
            if self.known.len() >= KNOWN {
                self.known.clear();
            }
            self.known.insert(key, id);
        }
        Ok(found)
    }
}
