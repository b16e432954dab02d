//! What is asked of connections that only read.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, params};

use super::{MetricId, Point, apply};

/// Those that points have.
const RESOLUTIONS: [i64; 4] = [1, 60, 300, 3600];

/// Which points are read.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    pub metric: &'a MetricId,
    /// Those of every unit, if none is named.
    pub unit: Option<&'a str>,
    pub range: Range<i64>,
    /// Whether the single values are read too, which only some statistics need.
    pub with_values: bool,
}

/// Which metrics are listed.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListFilter {
    pub account: String,
    pub namespace: Option<String>,
    pub name: Option<String>,
    /// Each with its value, or with any.
    pub dimensions: Vec<(String, Option<String>)>,
    /// With a point since then.
    pub since: i64,
    /// After this one.
    pub after: i64,
    pub limit: usize,
}

/// A metric in a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listed {
    /// Its place in the list.
    pub place: i64,
    pub metric: MetricId,
}

/// Shows each point, of one resolution after the other.
pub(super) fn points(connection: &Connection, asked: &Asked<'_>, each: &mut dyn FnMut(Point)) -> rusqlite::Result<()> {
    let Asked { metric, unit, range, with_values } = asked;
    let series: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM series WHERE account = ?1 AND namespace = ?2 AND name = ?3 AND dimensions = ?4",
        )?
        .query_row(params![metric.account, metric.namespace, metric.name, metric.dimensions_text()], |row| row.get(0))
        .optional()?;
    let Some(series) = series else { return Ok(()) };
    let sample = if *with_values { "sample" } else { "NULL" };
    let text = format!(
        "SELECT at, resolution, unit, count, sum, minimum, maximum, {sample} FROM point
         WHERE series = ?1 AND resolution = ?2 AND at >= ?3 AND at < ?4 AND (?5 IS NULL OR unit = ?5)"
    );
    for resolution in RESOLUTIONS {
        let mut statement = connection.prepare_cached(&text)?;
        let mut rows = statement.query(params![series, resolution, range.start, range.end, unit])?;
        while let Some(row) = rows.next()? {
            each(apply::point(row)?);
        }
    }
    Ok(())
}

pub(super) fn list(connection: &Connection, filter: &ListFilter) -> rusqlite::Result<Vec<Listed>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, account, namespace, name, dimensions FROM series
         WHERE account = ?1 AND (?2 IS NULL OR namespace = ?2) AND (?3 IS NULL OR name = ?3)
           AND latest >= ?4 AND id > ?5 ORDER BY id",
    )?;
    let mut rows =
        statement.query(params![filter.account, filter.namespace, filter.name, filter.since, filter.after])?;
    let mut found = Vec::new();
    while found.len() < filter.limit
        && let Some(row) = rows.next()?
    {
        let dimensions = row.get_ref(4)?.as_str()?;
        let metric = MetricId::stored(row.get(1)?, row.get(2)?, row.get(3)?, dimensions);
        if filter.admits(&metric) {
            found.push(Listed { place: row.get(0)?, metric });
        }
    }
    Ok(found)
}

impl ListFilter {
    fn admits(&self, metric: &MetricId) -> bool {
        self.dimensions.iter().all(|(name, value)| {
            metric.dimension(name).is_some_and(|found| value.as_ref().is_none_or(|value| value == found))
        })
    }
}
