//! Columns of stacked parts.

use super::Scale;

/// How much of its place a column takes.
const FILLED: f64 = 0.72;
/// Percent of the chart that a column takes at most, however few there are.
const WIDEST: f64 = 9.0;
/// What is written below columns: about so many labels where there is room, and where there is little.
const LABELS: usize = 15;
const FEW_LABELS: usize = 5;

/// What one column shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Column {
    /// `3 Nov`
    pub label: String,
    /// From the ground up; none is negative.
    pub values: Vec<f64>,
    /// A value to compare the whole with.
    pub mark: Option<f64>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Stacked {
    /// Of the part with the columns.
    pub height: f64,
    pub ticks: Vec<Tick>,
    pub bars: Vec<Bar>,
    /// Percent that a column may take, the gap to the next one included.
    pub place: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub y: f64,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Where its place begins.
    pub start: f64,
    pub x: f64,
    pub width: f64,
    pub middle: f64,
    pub label: String,
    pub shown: Shown,
    pub pieces: Vec<Piece>,
    pub mark: Option<f64>,
}

/// Where the label of a column is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Always,
    WhereThereIsRoom,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Place among the column's values.
    pub series: usize,
    pub y: f64,
    pub height: f64,
}

/// Lays columns out beside each other. Values that are zero have no piece.
pub fn stacked(columns: &[Column], height: f64) -> Stacked {
    let whole = |column: &Column| column.values.iter().sum::<f64>().max(column.mark.unwrap_or(0.0));
    let scale = Scale::up_to(columns.iter().map(whole).fold(0.0, f64::max));
    let y = |value: f64| round(height * (1.0 - value / scale.top));
    let place = 100.0 / columns.len().max(1) as f64;
    let width = (place * FILLED).min(WIDEST);
    let bars = columns.iter().enumerate().map(|(at, column)| {
        let middle = place * (at as f64 + 0.5);
        let mut ground = 0.0;
        let pieces = column.values.iter().enumerate().filter(|(_, value)| **value > 0.0).map(|(series, value)| {
            let (below, above) = (y(ground), y(ground + value));
            ground += value;
            Piece { series, y: above, height: round(below - above) }
        });
        Bar {
            start: round(place * at as f64),
            x: round(middle - width / 2.0),
            width: round(width),
            middle: round(middle),
            label: column.label.clone(),
            shown: shown(at, columns.len()),
            pieces: pieces.collect(),
            mark: column.mark.map(y),
        }
    });
    let ticks = scale.ticks().into_iter().map(|(value, label)| Tick { y: y(value), label }).collect();
    Stacked { height, ticks, bars: bars.collect(), place: round(place) }
}

/// Labels are as far from each other as there is room, and what is always shown is shown where there is room as well.
fn shown(at: usize, count: usize) -> Shown {
    let near = count.div_ceil(LABELS).max(1);
    let far = near * count.div_ceil(near * FEW_LABELS).max(1);
    match at {
        at if at % far == 0 => Shown::Always,
        at if at % near == 0 => Shown::WhereThereIsRoom,
        _ => Shown::Never,
    }
}

/// To what a screen can show.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column(values: &[f64], mark: Option<f64>) -> Column {
        Column { label: String::new(), values: values.to_vec(), mark }
    }

    #[test]
    fn parts_stand_on_each_other() {
        let chart = stacked(&[column(&[20.0, 0.0, 60.0], Some(100.0)), column(&[0.0, 0.0, 0.0], None)], 200.0);
        let piece = |series, y, height| Piece { series, y, height };
        assert_eq!(chart.bars[0].pieces, [piece(0, 160.0, 40.0), piece(2, 40.0, 120.0)]);
        assert_eq!(chart.bars[0].mark, Some(0.0));
        assert_eq!(chart.bars[1].pieces, []);
        assert_eq!((chart.bars[0].middle, chart.bars[1].middle, chart.bars[1].start), (25.0, 75.0, 50.0));
        let ticks: Vec<_> = chart.ticks.iter().map(|tick| (tick.y, &*tick.label)).collect();
        assert_eq!((ticks.len(), ticks[0], ticks[1], ticks[5]), (6, (200.0, "$0"), (160.0, "$20"), (0.0, "$100")));
    }

    #[test]
    fn a_single_column_stays_slim() {
        let chart = stacked(&[column(&[1.0], None)], 100.0);
        assert_eq!((chart.bars[0].x, chart.bars[0].width), (45.5, 9.0));
    }

    #[test]
    fn labels_thin_out() {
        let of = |count| (0..count).filter(|at| shown(*at, count) == Shown::Always).collect::<Vec<_>>();
        assert_eq!(of(24), [0, 6, 12, 18]);
        assert_eq!(of(30), [0, 6, 12, 18, 24]);
        assert_eq!(of(5), [0, 1, 2, 3, 4]);
        assert_eq!(shown(2, 30), Shown::WhereThereIsRoom);
        assert_eq!(shown(1, 30), Shown::Never);
    }

    proptest! {
        #[test]
        fn nothing_is_outside(
            values in prop::collection::vec(prop::collection::vec(0.0..1e6f64, 3), 1..100),
            mark in prop::option::of(0.0..1e6f64),
        ) {
            let columns: Vec<_> = values.iter().map(|values| column(values, mark)).collect();
            let chart = stacked(&columns, 300.0);
            for bar in &chart.bars {
                prop_assert!(bar.x >= 0.0 && bar.x + bar.width <= 100.01);
                let heights: f64 = bar.pieces.iter().map(|piece| piece.height).sum();
                prop_assert!(heights <= 300.05);
                prop_assert!(bar.pieces.iter().all(|piece| piece.y >= -0.01 && piece.height >= 0.0));
            }
        }
    }
}
