//! Writing: measurements are merged into the points that stand for their time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Measurement, MetricId, Point, rollup};
use crate::statistics::{Aggregate, Distribution};

/// Ids of series that are remembered; beyond that they are looked up again.
const KNOWN: usize = 20_000;

/// Series, resolution, time, unit.
pub(super) type Key = (i64, i64, i64, String);

pub(super) struct Applier {
    pub(super) connection: Connection,
    /// Each with the time of its latest point.
    known: HashMap<Arc<MetricId>, (i64, i64)>,
    /// The series that [`Applier::retain`] goes on after.
    pub(super) retained: i64,
}

impl Applier {
    pub fn new(connection: Connection) -> Self {
        Self { connection, known: HashMap::new(), retained: 0 }
    }

    /// Writes them all or none.
    pub fn write(&mut self, measurements: &[Measurement]) -> rusqlite::Result<()> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let written = self.apply(measurements).and_then(|()| self.connection.execute_batch("COMMIT"));
        written.inspect_err(|_| self.take_back())
    }

    pub(super) fn take_back(&mut self) {
        // Some errors roll back by themselves, and then there is nothing left to take back.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.known.clear();
    }

    /// A series that was forgotten has no id any more.
    pub(super) fn forget_known(&mut self) {
        self.known.clear();
    }

    fn apply(&mut self, measurements: &[Measurement]) -> rusqlite::Result<()> {
        // In the order of the table, each point once.
        let mut points: BTreeMap<Key, Aggregate> = BTreeMap::new();
        for measurement in measurements {
            let at = measurement.at - measurement.at.rem_euclid(measurement.resolution);
            let series = self.series(&measurement.metric, at)?;
            let key = (series, measurement.resolution, at, measurement.unit.clone());
            match points.get_mut(&key) {
                Some(aggregate) => aggregate.merge(&measurement.aggregate),
                None => drop(points.insert(key, measurement.aggregate.clone())),
            }
        }
        for (key, aggregate) in points {
            merge(&self.connection, &key, aggregate)?;
        }
        Ok(())
    }

    /// The id of a series, which has a point at `at` now.
    fn series(&mut self, metric: &Arc<MetricId>, at: i64) -> rusqlite::Result<i64> {
        if let Some((id, latest)) = self.known.get_mut(metric) {
            if *latest < at {
                *latest = at;
                let mut statement = self.connection.prepare_cached("UPDATE series SET latest = ?2 WHERE id = ?1")?;
                statement.execute(params![*id, at])?;
            }
            return Ok(*id);
        }
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO series (account, namespace, name, dimensions, latest) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET latest = max(latest, excluded.latest) RETURNING id, latest",
        )?;
        let found = statement
            .query_row(params![metric.account, metric.namespace, metric.name, metric.dimensions_text(), at], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.known.insert(Arc::clone(metric), found);
        Ok(found.0)
    }
}

/// Adds to the point of this key what is new.
pub(super) fn merge(connection: &Connection, key: &Key, mut aggregate: Aggregate) -> rusqlite::Result<()> {
    let (series, resolution, at, unit) = key;
    let mut statement = connection.prepare_cached(
        "SELECT at, resolution, unit, count, sum, minimum, maximum, sample FROM point
         WHERE series = ?1 AND resolution = ?2 AND at = ?3 AND unit = ?4",
    )?;
    if let Some(mut present) = statement.query_row(params![series, resolution, at, unit], point).optional()? {
        present.aggregate.merge(&aggregate);
        aggregate = present.aggregate;
    }
    let Aggregate { count, sum, minimum, maximum, values } = &aggregate;
    let sample = values.as_ref().map(|values| match values.pairs() {
        [(value, known)] if value == minimum && known == count => Vec::new(),
        _ => values.to_bytes(),
    });
    connection
        .prepare_cached("INSERT OR REPLACE INTO point VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
        .execute(params![series, resolution, at, unit, count, sum, minimum, maximum, sample])
        .map(drop)
}

/// Reads `at, resolution, unit, count, sum, minimum, maximum, sample`.
pub(super) fn point(row: &Row<'_>) -> rusqlite::Result<Point> {
    let (count, minimum): (f64, f64) = (row.get(3)?, row.get(5)?);
    let values = row.get_ref(7)?.as_blob_or_null()?.map(|bytes| match bytes {
        [] => Distribution::one(minimum, count),
        bytes => Distribution::from_bytes(bytes),
    });
    let aggregate = Aggregate { count, sum: row.get(4)?, minimum, maximum: row.get(6)?, values };
    Ok(Point { at: row.get(0)?, resolution: row.get(1)?, unit: row.get(2)?, aggregate })
}

impl Applier {
    /// See [`super::SeriesStore::retain`].
    pub fn retain(&mut self, now: i64) -> rusqlite::Result<bool> {
        rollup::retain(self, now)
    }
}
