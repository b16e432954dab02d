//! The functions, by name.

use std::collections::BTreeMap;

use super::evaluate::{Scope, binary, evaluate, same_period};
use super::fill::{Filler, fill};
use super::{Expression, Series, Value, Wrong};

/// What there is.
const HERE: [&str; 24] = [
    "ABS",
    "AVG",
    "CEIL",
    "DATAPOINT_COUNT",
    "DIFF",
    "DIFF_TIME",
    "EPOCH",
    "FILL",
    "FIRST",
    "FLOOR",
    "IF",
    "LAST",
    "LOG",
    "LOG10",
    "MAX",
    "METRICS",
    "METRIC_COUNT",
    "MIN",
    "PERIOD",
    "RATE",
    "RUNNING_SUM",
    "STDDEV",
    "SUM",
    "TIME_SERIES",
];
/// AWS has them, and Freehold does not.
const NOT_HERE: [&str; 14] = [
    "ANOMALY_DETECTION_BAND",
    "DATE",
    "DAY",
    "DB_PERF_INSIGHTS",
    "HOUR",
    "INSIGHT_RULE_METRIC",
    "LAMBDA",
    "MINUTE",
    "MONTH",
    "SEARCH",
    "SERVICE_QUOTA",
    "SLICE",
    "SORT",
    "YEAR",
];

/// Whether there is such a function, which is known before anything is computed.
pub(super) fn check(name: &str) -> Result<(), Wrong> {
    match name {
        _ if HERE.contains(&name) => Ok(()),
        _ if NOT_HERE.contains(&name) => Err(Wrong::NotHere(name.to_owned())),
        _ => Err(Wrong::UnknownFunction(name.to_owned())),
    }
}

pub(super) fn call(name: &str, arguments: &[Expression], scope: &Scope<'_>) -> Result<Value, Wrong> {
    let value = |at: usize| arguments.get(at).map(|argument| evaluate(argument, scope)).transpose();
    match name {
        "METRICS" => metrics(scope, value(0)?),
        "METRIC_COUNT" => match the("METRIC_COUNT", value(0)?)? {
            Value::Many(all) => Ok(Value::Number(all.len() as f64)),
            _ => Err(Wrong::Argument { function: "METRIC_COUNT", why: "an array is needed" }),
        },
        "SUM" => gather("SUM", the("SUM", value(0)?)?, |all| all.iter().sum()),
        "AVG" => gather("AVG", the("AVG", value(0)?)?, mean),
        "MIN" => gather("MIN", the("MIN", value(0)?)?, |all| all.iter().copied().fold(f64::INFINITY, f64::min)),
        "MAX" => gather("MAX", the("MAX", value(0)?)?, |all| all.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        "STDDEV" => gather("STDDEV", the("STDDEV", value(0)?)?, deviation),
        "DATAPOINT_COUNT" => gather("DATAPOINT_COUNT", the("DATAPOINT_COUNT", value(0)?)?, |all| all.len() as f64),
        "ABS" => Ok(the("ABS", value(0)?)?.map(f64::abs)),
        "CEIL" => Ok(the("CEIL", value(0)?)?.map(f64::ceil)),
        "FLOOR" => Ok(the("FLOOR", value(0)?)?.map(f64::floor)),
        "LOG" => Ok(the("LOG", value(0)?)?.map(f64::ln)),
        "LOG10" => Ok(the("LOG10", value(0)?)?.map(f64::log10)),
        "RATE" => each("RATE", value(0)?, |series| differences(series, |value, seconds| value / seconds)),
        "DIFF" => each("DIFF", value(0)?, |series| differences(series, |value, _| value)),
        "DIFF_TIME" => each("DIFF_TIME", value(0)?, |series| differences(series, |_, seconds| seconds)),
        "RUNNING_SUM" => each("RUNNING_SUM", value(0)?, running_sum),
        "FIRST" | "LAST" => first_or_last(name == "FIRST", the("FIRST", value(0)?)?),
        "PERIOD" => match the("PERIOD", value(0)?)? {
            Value::Series(series) => Ok(Value::Number(series.period as f64)),
            _ => Err(Wrong::Argument { function: "PERIOD", why: "a time series is needed" }),
        },
        "EPOCH" => {
            each("EPOCH", value(0)?, |series| series.with(series.points.keys().map(|at| (*at, *at as f64)).collect()))
        }
        "TIME_SERIES" => match the("TIME_SERIES", value(0)?)? {
            Value::Number(number) => Ok(Value::Series(constant(number, scope))),
            _ => Err(Wrong::Argument { function: "TIME_SERIES", why: "a number is needed" }),
        },
        "FILL" => filled(arguments, scope),
        "IF" => choose(the("IF", value(0)?)?, the("IF", value(1)?)?, value(2)?, scope),
        // The parser lets none of these through.
        _ => Err(Wrong::UnknownFunction(name.to_owned())),
    }
}

fn the(function: &'static str, argument: Option<Value>) -> Result<Value, Wrong> {
    argument.ok_or(Wrong::Argument { function, why: "an argument is missing" })
}

/// The request's metrics, or those whose id holds the text.
fn metrics(scope: &Scope<'_>, part: Option<Value>) -> Result<Value, Wrong> {
    let part = match part {
        None => String::new(),
        Some(Value::Text(text)) => text,
        Some(_) => return Err(Wrong::Argument { function: "METRICS", why: "a text is needed" }),
    };
    Ok(Value::Many(
        scope.metrics.iter().filter(|(id, _)| id.contains(&part)).map(|(_, series)| series.clone()).collect(),
    ))
}

/// One number of a series, or one series of an array.
fn gather(function: &'static str, value: Value, compute: impl Fn(&[f64]) -> f64) -> Result<Value, Wrong> {
    match value {
        Value::Series(series) => Ok(Value::Number(compute(&series.points.into_values().collect::<Vec<_>>()))),
        Value::Many(all) => {
            let period = same_period(&all)?.unwrap_or_default();
            let mut at_once: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
            for (at, value) in all.iter().flat_map(|series| &series.points) {
                at_once.entry(*at).or_default().push(*value);
            }
            let points = at_once.into_iter().map(|(at, values)| (at, compute(&values)));
            Ok(Value::Series(Series { label: function.to_owned(), period, points: points.collect() }))
        }
        _ => Err(Wrong::Argument { function, why: "a time series or an array is needed" }),
    }
}

fn mean(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len() as f64
}

fn deviation(all: &[f64]) -> f64 {
    let mean = mean(all);
    (all.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / all.len() as f64).sqrt()
}

/// The same of each series.
fn each(function: &'static str, value: Option<Value>, change: impl Fn(Series) -> Series) -> Result<Value, Wrong> {
    match the(function, value)? {
        Value::Series(series) => Ok(Value::Series(change(series))),
        Value::Many(all) => Ok(Value::Many(all.into_iter().map(change).collect())),
        _ => Err(Wrong::Argument { function, why: "a time series or an array is needed" }),
    }
}

/// Of each value and the one before, with the seconds between them.
fn differences(series: Series, compute: impl Fn(f64, f64) -> f64) -> Series {
    let pairs = series.points.iter().zip(series.points.iter().skip(1));
    let points = pairs.map(|((before, from), (at, to))| (*at, compute(to - from, (at - before) as f64)));
    series.with(points.collect())
}

fn running_sum(series: Series) -> Series {
    let mut sum = 0.0;
    let points = series.points.iter().map(|(at, value)| {
        sum += value;
        (*at, sum)
    });
    series.with(points.collect())
}

fn first_or_last(is_first: bool, value: Value) -> Result<Value, Wrong> {
    let Value::Many(mut all) = value else {
        return Err(Wrong::Argument { function: if is_first { "FIRST" } else { "LAST" }, why: "an array is needed" });
    };
    let found = if is_first { (!all.is_empty()).then(|| all.swap_remove(0)) } else { all.pop() };
    Ok(Value::Series(found.unwrap_or_default()))
}

fn constant(number: f64, scope: &Scope<'_>) -> Series {
    let period = scope.metrics.first().map_or(scope.window.period, |(_, series)| series.period);
    let empty = Series { label: "TIME_SERIES".into(), period, points: BTreeMap::new() };
    fill(&empty, &Filler::Value(Value::Number(number)), scope.window)
}

fn filled(arguments: &[Expression], scope: &Scope<'_>) -> Result<Value, Wrong> {
    let [series, filler] = arguments else {
        return Err(Wrong::Argument { function: "FILL", why: "a time series and what fills it are needed" });
    };
    let filler = match filler {
        Expression::Id(word) if word == "REPEAT" => Filler::Repeat,
        Expression::Id(word) if word == "LINEAR" => Filler::Linear,
        other => match evaluate(other, scope)? {
            value @ (Value::Number(_) | Value::Series(_)) => Filler::Value(value),
            _ => return Err(Wrong::Argument { function: "FILL", why: "a number, REPEAT or LINEAR is needed" }),
        },
    };
    each("FILL", Some(evaluate(series, scope)?), |series| fill(&series, &filler, scope.window))
}

/// Where the condition is not zero, one value, elsewhere the other; nothing where that does not say.
fn choose(condition: Value, then: Value, otherwise: Option<Value>, scope: &Scope<'_>) -> Result<Value, Wrong> {
    let at = |value: &Value, at: i64| match value {
        Value::Number(number) => Some(*number),
        Value::Series(series) => series.points.get(&at).copied(),
        _ => None,
    };
    let is_simple = |value: &Value| matches!(value, Value::Number(_) | Value::Series(_));
    if ![Some(&condition), Some(&then), otherwise.as_ref()].into_iter().flatten().all(is_simple) {
        return Err(Wrong::Argument { function: "IF", why: "numbers and time series are needed" });
    }
    let chosen = |is_true: bool| if is_true { Some(&then) } else { otherwise.as_ref() };
    match condition {
        Value::Number(number) => match chosen(number != 0.0) {
            Some(value) => Ok(value.clone()),
            None => Ok(Value::Series(constant(0.0, scope).with(BTreeMap::new()))),
        },
        Value::Series(series) => {
            let periods = [&then].into_iter().chain(&otherwise).filter_map(|value| match value {
                Value::Series(series) => Some(series),
                _ => None,
            });
            same_period(periods.chain([&series]))?;
            let points = series.points.iter().filter_map(|(time, is)| Some((*time, at(chosen(*is != 0.0)?, *time)?)));
            Ok(Value::Series(series.with(points.collect())))
        }
        other => binary("AND", other, then),
    }
}
