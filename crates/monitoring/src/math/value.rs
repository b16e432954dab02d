//! What expressions have for values: numbers, time series, arrays of those.

use std::collections::BTreeMap;

/// A time series: values at seconds since 1970, in steps of a period.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Series {
    pub label: String,
    pub period: i64,
    pub points: BTreeMap<i64, f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Series(Series),
    Many(Vec<Series>),
    /// Only an argument.
    Text(String),
}

impl Value {
    /// As AWS names the type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "S",
            Self::Series(_) => "TS",
            Self::Many(_) => "TS[]",
            Self::Text(_) => "String",
        }
    }

    /// The same of every number in it.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Number(number) => Self::Number(change(number)),
            Self::Series(series) => Self::Series(series.map(change)),
            Self::Many(all) => Self::Many(all.into_iter().map(|series| series.map(&change)).collect()),
            text => text,
        }
    }
}

impl Series {
    /// What is no number afterwards is not there.
    pub fn map(mut self, change: impl Fn(f64) -> f64) -> Self {
        self.points.values_mut().for_each(|value| *value = change(*value));
        self.points.retain(|_, value| value.is_finite());
        self
    }

    /// A series of the same label and period.
    pub fn with(&self, points: BTreeMap<i64, f64>) -> Self {
        Self { label: self.label.clone(), period: self.period, points }
    }
}
