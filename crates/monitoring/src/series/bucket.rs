//! Points put together by the period that a reader asks for.

use std::collections::BTreeMap;

use super::Point;
use super::retention::{self, MINUTE};
use crate::statistics::Aggregate;

/// What a reader asks for: from `start` until before `end`, in steps of `period` from `start`; seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub start: i64,
    pub end: i64,
    pub period: i64,
}

/// Aggregates by unit and the time where their period begins.
pub(crate) type Buckets = BTreeMap<(String, i64), Aggregate>;

/// Buckets that are being filled, point by point.
pub(super) struct Gather {
    window: Window,
    /// It tells how coarse old points are.
    now: i64,
    pub buckets: Buckets,
}

impl Gather {
    pub fn new(window: Window, now: i64) -> Self {
        Self { window, now, buckets: Buckets::new() }
    }

    /// A point that is coarser than the period has no place in it (*API reference, GetMetricStatistics: Period*), but for
    /// those of a minute: they stand where their minute begins.
    pub fn add(&mut self, point: &Point) {
        let Window { start, end, period } = self.window;
        let Some(resolution) = retention::resolution_at(self.now, point.resolution, point.at) else { return };
        if resolution > period.max(MINUTE) {
            return;
        }
        let at = if resolution == point.resolution { point.at } else { point.at - point.at.rem_euclid(resolution) };
        // A point that began before the reader's time, and is part of a coarser one in it, belongs to the first period.
        let at = at.max(start);
        if at >= end {
            return;
        }
        let key = (point.unit.clone(), at - (at - start).rem_euclid(period));
        match self.buckets.get_mut(&key) {
            Some(aggregate) => aggregate.merge(&point.aggregate),
            None => drop(self.buckets.insert(key, point.aggregate.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: i64, resolution: i64, value: f64) -> Point {
        Point { at, resolution, unit: "None".into(), aggregate: Aggregate::of(value, 1.0) }
    }

    fn sums(points: &[Point], window: Window, now: i64) -> Vec<(i64, f64)> {
        let mut gathered = Gather::new(window, now);
        points.iter().for_each(|point| gathered.add(point));
        gathered.buckets.into_iter().map(|((_, at), aggregate)| (at, aggregate.sum)).collect()
    }

    #[test]
    fn points_are_put_together_from_the_start_on() {
        let points: Vec<_> = (0..10).map(|minute| point(6000 + minute * 60, 60, 1.0)).collect();
        let window = Window { start: 6060, end: 6600, period: 300 };
        assert_eq!(sums(&points[1..], window, 7000), [(6060, 5.0), (6360, 4.0)]);
    }

    #[test]
    fn what_is_too_coarse_is_not_there() {
        let day = 24 * 3600;
        let (now, old) = (100 * day, 100 * day - 20 * day);
        let points = [point(old, 60, 1.0), point(old + 60, 60, 1.0), point(now - 120, 60, 1.0)];
        let window = |period| Window { start: old, end: now, period };
        assert_eq!(sums(&points, window(60), now), [(now - 120, 1.0)]);
        assert_eq!(sums(&points, window(300), now), [(old, 2.0), (now - 300, 1.0)]);
        assert_eq!(sums(&points, window(10), now), [(now - 120, 1.0)]);
    }
}
