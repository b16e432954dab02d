//! FILL: values where a series has none.

use std::collections::BTreeMap;

use super::{Series, Value};
use crate::series::Window;

/// What stands where nothing was measured.
pub(super) enum Filler {
    Value(Value),
    /// The last one before.
    Repeat,
    /// On the line between the neighbours.
    Linear,
}

pub(super) fn fill(series: &Series, filler: &Filler, window: Window) -> Series {
    let mut points = series.points.clone();
    let mut at = window.start;
    while at < window.end {
        if !series.points.contains_key(&at)
            && let Some(value) = missing(&series.points, filler, at)
        {
            points.insert(at, value);
        }
        at += series.period.max(1);
    }
    series.with(points)
}

fn missing(points: &BTreeMap<i64, f64>, filler: &Filler, at: i64) -> Option<f64> {
    let before = || points.range(..at).next_back();
    match filler {
        Filler::Value(Value::Number(number)) => Some(*number),
        Filler::Value(Value::Series(other)) => other.points.get(&at).copied(),
        Filler::Value(_) => None,
        Filler::Repeat => before().map(|(_, value)| *value),
        Filler::Linear => {
            let ((start, from), (end, to)) = (before()?, points.range(at..).next()?);
            Some(from + (to - from) * ((at - start) as f64 / (end - start) as f64))
        }
    }
}
