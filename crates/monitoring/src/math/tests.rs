use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::series::Window;

const WINDOW: Window = Window { start: 0, end: 300, period: 60 };

fn series(label: &str, points: &[(i64, f64)]) -> Series {
    Series { label: label.into(), period: 60, points: points.iter().copied().collect() }
}

fn value(text: &str) -> Result<Value, Wrong> {
    let m1 = series("m1", &[(0, 1.0), (60, 2.0), (180, 4.0)]);
    let m2 = series("m2", &[(0, 10.0), (60, 0.0), (120, 30.0)]);
    let metrics = [("m1".to_owned(), m1), ("m2".to_owned(), m2)];
    let values: BTreeMap<_, _> =
        metrics.iter().map(|(id, series)| (id.clone(), Value::Series(series.clone()))).collect();
    evaluate(&parse(text)?, &Scope { values: &values, metrics: &metrics, window: WINDOW })
}

fn points(text: &str) -> Vec<(i64, f64)> {
    match value(text) {
        Ok(Value::Series(series)) => series.points.into_iter().collect(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn operators_bind_as_in_arithmetic() {
    for (text, expected) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("10 - 4 - 3", 3.0),
        ("1.5e2 / 3", 50.0),
        ("1 + 1 == 2 && 3 > 4 || 1", 1.0),
        ("SUM(m1)", 7.0),
        ("AVG(m2) + MAX(m1) - MIN(m1)", 40.0 / 3.0 + 3.0),
        ("PERIOD(m1)", 60.0),
        ("METRIC_COUNT(METRICS())", 2.0),
        ("METRIC_COUNT(METRICS('2'))", 1.0),
        ("DATAPOINT_COUNT(m1)", 3.0),
    ] {
        assert_eq!(value(text), Ok(Value::Number(expected)), "{text}");
    }
}

#[test]
fn series_meet_where_both_have_a_value() {
    assert_eq!(points("m1 + m2"), [(0, 11.0), (60, 2.0)]);
    // What is divided by nothing is not there.
    assert_eq!(points("m1 / m2"), [(0, 0.1)]);
    assert_eq!(points("100 * m1"), [(0, 100.0), (60, 200.0), (180, 400.0)]);
    assert_eq!(points("SUM([m1, m2])"), [(0, 11.0), (60, 2.0), (120, 30.0), (180, 4.0)]);
    assert_eq!(points("MAX(METRICS())"), [(0, 10.0), (60, 2.0), (120, 30.0), (180, 4.0)]);
    assert!(matches!(value("METRICS() / m1"), Ok(Value::Many(all)) if all.len() == 2));
}

#[test]
fn gaps_are_filled_as_asked() {
    assert_eq!(points("FILL(m1, 0)"), [(0, 1.0), (60, 2.0), (120, 0.0), (180, 4.0), (240, 0.0)]);
    assert_eq!(points("FILL(m1, REPEAT)"), [(0, 1.0), (60, 2.0), (120, 2.0), (180, 4.0), (240, 4.0)]);
    assert_eq!(points("FILL(m1, LINEAR)"), [(0, 1.0), (60, 2.0), (120, 3.0), (180, 4.0)]);
    assert_eq!(points("FILL(m1, m2)"), [(0, 1.0), (60, 2.0), (120, 30.0), (180, 4.0)]);
}

#[test]
fn functions_of_time_and_choice() {
    assert_eq!(points("RATE(m1)"), [(60, 1.0 / 60.0), (180, 2.0 / 120.0)]);
    assert_eq!(points("DIFF(m1)"), [(60, 1.0), (180, 2.0)]);
    assert_eq!(points("RUNNING_SUM(m1)"), [(0, 1.0), (60, 3.0), (180, 7.0)]);
    assert_eq!(points("IF(m1 > 1, m1, 0)"), [(0, 0.0), (60, 2.0), (180, 4.0)]);
    assert_eq!(points("IF(m1 > 1, m1)"), [(60, 2.0), (180, 4.0)]);
    assert_eq!(points("IF(1, m1, m2)").len(), 3);
    assert_eq!(points("TIME_SERIES(5)").len(), 5);
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    for (text, expected) in [
        ("SEARCH('{AWS/EC2} x', 'Sum')", "Freehold does not have the function SEARCH yet"),
        ("COFFEE(m1)", "The function COFFEE does not exist"),
        ("m3", "Unknown metric or expression 'm3'"),
        ("METRICS() + METRICS()", "Unsupported operand types for +: [TS[], TS[]]"),
        ("1 +", "Unexpected end of the expression"),
        ("m1 m2", "Unexpected 'm2'"),
        ("m1 $ 2", "Unexpected character '$'"),
        ("FILL(m1)", "FILL: a time series and what fills it are needed"),
    ] {
        assert_eq!(value(text).unwrap_err().to_string(), expected, "{text}");
    }
    assert_eq!(value(&"(".repeat(10_000)), Err(Wrong::Deep));
    assert_eq!(value(&"-".repeat(10_000)), Err(Wrong::Deep));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[a-z0-9A-Z()+*/^<>=&|,.\"'\\[\\] -]{0,60}|.{0,30}") {
        let _ = value(&text);
    }
}
