//! Measurements on disk: `metrics.db` beside the region's state. One thread writes whatever waits in one commit, so that
//! what was acknowledged is on disk; readers have connections of their own.
//!
//! A series is a metric with its dimensions. Its points are aggregates of a second or a minute; with age they are rolled
//! up to a minute, five minutes and an hour, and in the end forgotten ([`retention`]). Readers see an old point as what
//! it is going to be, whether it was rolled up yet or not.

mod apply;
mod bucket;
mod id;
mod read;
mod retention;
mod rollup;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::Arc;

pub(crate) use bucket::{Buckets, Window};
pub(crate) use id::MetricId;
pub(crate) use read::{ListFilter, Listed};

use freehold_store::database::{self, Readers, Schema};

use crate::statistics::{Aggregate, Statistic};
use bucket::Gather;
use read::Asked;
use writer::Writer;

/// Pages that each connection that reads keeps.
const CACHE_KIB: u32 = 2048;
const SCHEMA: Schema = Schema { migrations: &[include_str!("schema.sql")] };

/// What the engine reports.
#[derive(Debug, Clone, thiserror::Error)]
#[error("metrics.db: {0}")]
pub struct Failure(String);

impl From<freehold_store::Error> for Failure {
    fn from(error: freehold_store::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

/// Measurements of one moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measurement {
    pub metric: Arc<MetricId>,
    /// Seconds since 1970, as it was measured.
    pub at: i64,
    /// Seconds that its point stands for: 1 or 60.
    pub resolution: i64,
    pub unit: String,
    pub aggregate: Aggregate,
}

/// A point of a series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// Where its time begins.
    pub at: i64,
    pub resolution: i64,
    pub unit: String,
    pub aggregate: Aggregate,
}

/// All series of a region.
pub struct SeriesStore {
    writer: Writer,
    readers: Readers,
}

impl SeriesStore {
    /// Opens `metrics.db` in `directory`, which exists. The lock of the region's state in the same directory keeps other
    /// processes out.
    ///
    /// # Errors
    /// What the engine reports; a database of another program.
    pub fn open(directory: &Path) -> Result<Arc<Self>, Failure> {
        let path = directory.join("metrics.db");
        let connection = database::writer(&path, &SCHEMA)?;
        connection.execute_batch("PRAGMA cache_size = -4096;")?;
        let writer = Writer::start(connection)?;
        Ok(Arc::new(Self { writer, readers: Readers::new(path, CACHE_KIB) }))
    }

    /// Writes what was taken and closes the database; whatever comes afterwards is refused or lost.
    pub fn close(&self) {
        self.readers.close();
        // It closes last: that folds the write-ahead log into the database.
        self.writer.close();
    }

    /// Resolves when all of them are on disk.
    pub(crate) async fn write(&self, measurements: Vec<Measurement>) -> Result<(), Failure> {
        self.writer.write(measurements).await
    }

    /// Writes them soon. What the writer cannot keep up with is lost, and said so in the log.
    pub(crate) fn write_soon(&self, measurements: Vec<Measurement>) {
        self.writer.write_soon(measurements);
    }

    /// Rolls up and forgets what is old at `now`; whether there is more to do at once.
    pub(crate) async fn retain(&self, now: i64) -> Result<bool, Failure> {
        self.writer.retain(now).await
    }

    /// Points of a metric, put together by the period that is asked for.
    pub(crate) fn buckets(
        &self,
        metric: &MetricId,
        unit: Option<&str>,
        window: Window,
        statistics: &[Statistic],
        now: i64,
    ) -> Result<Buckets, Failure> {
        let with_values = statistics.iter().any(|statistic| statistic.needs_values());
        let asked = Asked { metric, unit, range: window.start..window.end, with_values };
        let mut gathered = Gather::new(window, now);
        self.readers.with(|connection| read::points(connection, &asked, &mut |point| gathered.add(&point)))?;
        Ok(gathered.buckets)
    }

    /// Metrics in the order in which they were first seen.
    pub(crate) fn list(&self, filter: &ListFilter) -> Result<Vec<Listed>, Failure> {
        Ok(self.readers.with(|connection| read::list(connection, filter))?)
    }
}
