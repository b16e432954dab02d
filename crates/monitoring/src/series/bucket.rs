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

/// `now` tells how coarse old points are. Points that are coarser than the period have no place in it (*API reference,
/// GetMetricStatistics: Period*), but for those of a minute: they stand where their minute begins.
pub(crate) fn buckets(points: &[Point], window: Window, now: i64) -> Buckets {
    let mut found = Buckets::new();
    for point in points {
        let Some(resolution) = retention::resolution_at(now, point.resolution, point.at) else { continue };
        if resolution > window.period.max(MINUTE) {
            continue;
        }
        let at = if resolution == point.resolution { point.at } else { point.at - point.at.rem_euclid(resolution) };
        // A point that began before the reader's time, and was rolled up into it, belongs to the first period.
        let at = at.max(window.start);
        if at >= window.end {
            continue;
        }
        let at = at - (at - window.start).rem_euclid(window.period);
        match found.get_mut(&(point.unit.clone(), at)) {
            Some(aggregate) => aggregate.merge(&point.aggregate),
            None => drop(found.insert((point.unit.clone(), at), point.aggregate.clone())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: i64, resolution: i64, value: f64) -> Point {
        Point { at, resolution, unit: "None".into(), aggregate: Aggregate::of(value, 1.0) }
    }

    fn sums(points: &[Point], window: Window, now: i64) -> Vec<(i64, f64)> {
        buckets(points, window, now).into_iter().map(|((_, at), aggregate)| (at, aggregate.sum)).collect()
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
