//! The journal on disk: a database of its own beside the region's state, with the same promises.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::checkpointer::Checkpointer;
use super::{Change, Contents, Deduplication, Journal, Message};
use crate::Error;
use crate::sqlite::failure::classify;
use crate::sqlite::open::{self, Schema};
use crate::sqlite::readers::{self, Readers};

const FILE: &str = "messages.db";
const SCHEMA: Schema = Schema { migrations: &[include_str!("../sqlite/migrations/messages_0001.sql")] };

/// Messages in a directory. The lock of the region's state in the same directory keeps other processes out.
#[derive(Debug)]
pub struct SqliteJournal {
    path: PathBuf,
    connection: Connection,
    readers: Arc<Readers>,
    /// `None` only while it is dropped.
    checkpointer: Option<Checkpointer>,
}

impl SqliteJournal {
    /// Opens the journal in `directory`, which exists, and brings its schema up to date.
    ///
    /// # Errors
    /// As [`crate::SqliteStore::open`], but for the lock.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(FILE);
        let connection = open::writer(&path, &SCHEMA)?;
        // Queues are written all the time. A log that keeps its size is synchronised without the file system writing down
        // how long it has become. Should the checkpointer fall behind, the engine helps at a quarter of a gigabyte.
        connection
            .execute_batch(
                "PRAGMA wal_autocheckpoint = 64000; PRAGMA journal_size_limit = -1; PRAGMA cache_size = -16384;",
            )
            .map_err(|error| classify(&path, &error))?;
        let checkpointer = Some(Checkpointer::start(&path)?);
        Ok(Self { readers: Arc::new(Readers::new(path.clone(), readers::CACHE_KIB)), path, connection, checkpointer })
    }

    fn apply(&self, changes: &[Change]) -> rusqlite::Result<()> {
        for change in changes {
            match change {
                Change::Add(message, content) => self.add(message, content.as_ref())?,
                Change::Remove { sequence, content } => self.remove(*sequence, *content)?,
                Change::Received { sequence, count, first } => {
                    self.connection
                        .prepare_cached(
                            "UPDATE message SET receive_count = ?2, first_received = ?3 WHERE sequence = ?1",
                        )?
                        .execute(params![sequence.cast_signed(), count, first])?;
                }
                Change::Deduplicate(used) => {
                    self.connection
                        .prepare_cached("INSERT OR REPLACE INTO deduplication VALUES (?1, ?2, ?3, ?4, ?5)")?
                        .execute(params![
                            used.queue.cast_signed(),
                            used.key,
                            used.sequence.cast_signed(),
                            used.id.to_be_bytes(),
                            used.at
                        ])?;
                }
                Change::ForgetDeduplications { before } => {
                    self.connection.prepare_cached("DELETE FROM deduplication WHERE at < ?1")?.execute([before])?;
                }
                Change::Reserve(sequence) => {
                    self.connection
                        .prepare_cached("UPDATE counter SET value = ?1 WHERE name = 'sequence'")?
                        .execute([sequence.cast_signed()])?;
                }
            }
        }
        Ok(())
    }

    fn add(&self, message: &Message, content: Option<&Bytes>) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT INTO message VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?
            .execute(params![
                message.sequence.cast_signed(),
                message.queue.cast_signed(),
                message.content.cast_signed(),
                message.id.to_be_bytes(),
                message.sent,
                message.due,
                message.receive_count,
                message.first_received,
                message.origin.cast_signed(),
                message.group,
                message.deduplication,
            ])?;
        if let Some(content) = content {
            self.connection
                .prepare_cached("INSERT INTO content VALUES (?1, ?2)")?
                .execute(params![message.content.cast_signed(), &content[..]])?;
        }
        Ok(())
    }

    fn remove(&self, sequence: u64, content: Option<u64>) -> rusqlite::Result<()> {
        self.connection.prepare_cached("DELETE FROM message WHERE sequence = ?1")?.execute([sequence.cast_signed()])?;
        if let Some(content) = content {
            self.connection.prepare_cached("DELETE FROM content WHERE id = ?1")?.execute([content.cast_signed()])?;
        }
        Ok(())
    }

    fn fail(&self, error: &rusqlite::Error) -> Error {
        classify(&self.path, error)
    }
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        // The writer closes last: it then folds the write-ahead log into the database.
        self.readers.close();
        self.checkpointer = None;
    }
}

impl Journal for SqliteJournal {
    fn commit(&mut self, changes: &[Change]) -> Result<(), Error> {
        let written = self
            .connection
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut begin| begin.execute([]))
            .and_then(|_| self.apply(changes))
            .and_then(|()| self.connection.prepare_cached("COMMIT")?.execute([]));
        if let (Ok(_), Some(checkpointer)) = (&written, &self.checkpointer)
            && let Err(error) = checkpointer.committed(&self.connection)
        {
            // What was committed stays so.
            tracing::warn!(%error, "the log of messages could not be folded into its database");
        }
        written.map(drop).map_err(|error| {
            // Some errors roll back by themselves, and then there is nothing left to take back.
            if !self.connection.is_autocommit() {
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            self.fail(&error)
        })
    }

    fn reserved(&mut self) -> Result<u64, Error> {
        self.connection
            .query_row("SELECT value FROM counter WHERE name = 'sequence'", [], |row| row.get(0))
            .map(i64::cast_unsigned)
            .map_err(|error| self.fail(&error))
    }

    fn messages(&mut self, each: &mut dyn FnMut(Message)) -> Result<(), Error> {
        let read = |each: &mut dyn FnMut(Message)| -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare("SELECT * FROM message ORDER BY sequence")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(message(row)?);
            }
            Ok(())
        };
        read(each).map_err(|error| self.fail(&error))
    }

    fn deduplications(&mut self) -> Result<Vec<Deduplication>, Error> {
        let read = || -> rusqlite::Result<Vec<Deduplication>> {
            let mut statement = self.connection.prepare("SELECT * FROM deduplication")?;
            statement.query_map([], deduplication)?.collect()
        };
        read().map_err(|error| self.fail(&error))
    }

    fn contents(&self) -> Box<dyn Contents> {
        Box::new(SqliteContents(Arc::clone(&self.readers)))
    }
}

struct SqliteContents(Arc<Readers>);

impl Contents for SqliteContents {
    fn read(&self, contents: &[u64]) -> Result<Vec<Option<Bytes>>, Error> {
        self.0.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT data FROM content WHERE id = ?1")?;
            let mut read = |content: &u64| {
                statement
                    .query_row([content.cast_signed()], |row| Ok(Bytes::copy_from_slice(row.get_ref(0)?.as_blob()?)))
                    .optional()
            };
            contents.iter().map(&mut read).collect()
        })
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        sequence: unsigned(row, 0)?,
        queue: unsigned(row, 1)?,
        content: unsigned(row, 2)?,
        id: u128::from_be_bytes(row.get(3)?),
        sent: row.get(4)?,
        due: row.get(5)?,
        receive_count: row.get(6)?,
        first_received: row.get(7)?,
        origin: unsigned(row, 8)?,
        group: row.get(9)?,
        deduplication: row.get(10)?,
    })
}

fn deduplication(row: &Row<'_>) -> rusqlite::Result<Deduplication> {
    Ok(Deduplication {
        queue: unsigned(row, 0)?,
        key: row.get(1)?,
        sequence: unsigned(row, 2)?,
        id: u128::from_be_bytes(row.get(3)?),
        at: row.get(4)?,
    })
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(i64::cast_unsigned)
}
