//! Rolling up and forgetting on disk, some series at a time, so that writers wait for a few milliseconds at most.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::apply::{Applier, Key, merge, point};
use super::retention::{FORGOTTEN, HOUR, STEPS};
use crate::statistics::Aggregate;

/// Series that are looked at in one commit.
const SERIES: usize = 50;
/// Points of one series and resolution that are rolled up in one commit.
const POINTS: i64 = 2_000;

/// One commit's work; whether there is more.
pub(super) fn retain(applier: &mut Applier, now: i64) -> rusqlite::Result<bool> {
    applier.connection.execute_batch("BEGIN IMMEDIATE")?;
    let done = pass(applier, now).and_then(|more| applier.connection.execute_batch("COMMIT").map(|()| more));
    done.inspect_err(|_| applier.take_back())
}

fn pass(applier: &mut Applier, now: i64) -> rusqlite::Result<bool> {
    for _ in 0..SERIES {
        let next = applier
            .connection
            .prepare_cached("SELECT id, latest FROM series WHERE id > ?1 ORDER BY id LIMIT 1")?
            .query_row([applier.retained], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((series, latest)): Option<(i64, i64)> = next else {
            applier.retained = 0;
            return Ok(false);
        };
        let mut is_done = true;
        for (at, (resolution, kept)) in STEPS.iter().enumerate() {
            let coarser = STEPS.get(at + 1).map_or(HOUR, |step| step.0);
            is_done &= roll_up(applier, series, *resolution, coarser, now - kept)?;
        }
        if !is_done {
            return Ok(true);
        }
        let forgotten = "DELETE FROM point WHERE series = ?1 AND resolution = ?2 AND at <= ?3";
        applier.connection.prepare_cached(forgotten)?.execute(params![series, HOUR, now - FORGOTTEN])?;
        if latest <= now - FORGOTTEN {
            applier.connection.prepare_cached("DELETE FROM series WHERE id = ?1")?.execute([series])?;
            applier.forget_known();
        }
        applier.retained = series;
    }
    Ok(true)
}

/// Merges points up to `until` into coarser ones; whether that were all.
fn roll_up(applier: &Applier, series: i64, resolution: i64, coarser: i64, until: i64) -> rusqlite::Result<bool> {
    let connection = &applier.connection;
    let mut statement = connection.prepare_cached(
        "SELECT at, resolution, unit, count, sum, minimum, maximum, sample FROM point
         WHERE series = ?1 AND resolution = ?2 AND at <= ?3 ORDER BY at LIMIT ?4",
    )?;
    let old = statement.query_map(params![series, resolution, until, POINTS], point)?;
    let old: Vec<_> = old.collect::<rusqlite::Result<_>>()?;
    let mut rolled: BTreeMap<Key, Aggregate> = BTreeMap::new();
    let mut remove = connection
        .prepare_cached("DELETE FROM point WHERE series = ?1 AND resolution = ?2 AND at = ?3 AND unit = ?4")?;
    for point in &old {
        remove.execute(params![series, resolution, point.at, point.unit])?;
        let key = (series, coarser, point.at - point.at.rem_euclid(coarser), point.unit.clone());
        match rolled.get_mut(&key) {
            Some(aggregate) => aggregate.merge(&point.aggregate),
            None => drop(rolled.insert(key, point.aggregate.clone())),
        }
    }
    for (key, aggregate) in rolled {
        merge(connection, &key, aggregate)?;
    }
    Ok((old.len() as i64) < POINTS)
}
