//! A few read-only connections, opened when they are first needed.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use super::failure::classify;
use super::open;
use crate::Error;

/// More would only wait for each other: reads come from the page cache and take microseconds.
const AT_MOST: usize = 4;
/// Pages that a connection to the state, or to messages, keeps.
pub(crate) const CACHE_KIB: u32 = 8192;

/// Connections that only read, and see the last commit.
#[derive(Debug)]
pub struct Readers {
    path: PathBuf,
    /// Pages that each connection keeps.
    cache_kib: u32,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Connection>,
    /// Connections that exist, idle or lent.
    opened: usize,
}

/// A connection that goes back to the pool however its use ends.
struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Readers {
    /// Readers of the database at `path`, each with a cache of up to `cache_kib`.
    pub fn new(path: PathBuf, cache_kib: u32) -> Self {
        Self { path, cache_kib, pool: Mutex::default(), returned: Condvar::new() }
    }

    /// Runs one query.
    pub fn with<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let mut lent = Lent { readers: self, connection: self.take() };
        let connection = match lent.connection.take() {
            Some(connection) => connection,
            None => open::reader(&self.path, self.cache_kib)?,
        };
        let connection = lent.connection.insert(connection);
        query(connection).map_err(|error| classify(&self.path, &error))
    }

    /// Closes the connections that nobody uses.
    pub fn close(&self) {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).idle.clear();
    }

    /// An idle connection, or `None` for the permission to open one more.
    fn take(&self) -> Option<Connection> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Some(connection);
            }
            if pool.opened < AT_MOST {
                pool.opened += 1;
                return None;
            }
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut pool = self.readers.pool.lock().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(connection) => pool.idle.push(connection),
            None => pool.opened -= 1,
        }
        drop(pool);
        self.readers.returned.notify_one();
    }
}
