//! What is asked of metrics: queries of GetMetricData, and what alarms watch.

use std::collections::BTreeSet;

use freehold_api::cloudwatch as api;
use serde::{Deserialize, Serialize};

use crate::errors::Error;
use crate::math::{self, Expression};
use crate::series::MetricId;
use crate::statistics::Statistic;

/// A metric with what is computed of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measure {
    pub namespace: String,
    pub name: String,
    pub dimensions: Vec<(String, String)>,
    /// Seconds.
    pub period: i64,
    /// By its name; it is one.
    pub statistic: String,
    pub unit: Option<String>,
}

impl Measure {
    pub fn metric(&self, account: &str) -> MetricId {
        MetricId::new(account, &self.namespace, &self.name, self.dimensions.clone())
    }

    pub fn dimension(&self, name: &str) -> Option<&str> {
        self.dimensions.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn to_metric(&self) -> api::Metric {
        api::Metric {
            namespace: Some(self.namespace.clone()),
            metric_name: Some(self.name.clone()),
            dimensions: Some(to_dimensions(&self.dimensions)),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Source {
    Metric(Measure),
    /// It can be parsed.
    Expression(String),
}

/// A metric or an expression with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Query {
    pub id: String,
    pub label: Option<String>,
    /// Whether its values are part of the answer, or other expressions use it only.
    pub is_returned: bool,
    pub source: Source,
    /// As it was given with an expression.
    pub period: Option<i64>,
}

impl Query {
    /// Reads all queries of a request. `account` is who asks.
    pub fn read_all(account: &str, name: &str, queries: Vec<api::MetricDataQuery>) -> Result<Vec<Self>, Error> {
        let mut ids = BTreeSet::new();
        let mut found = Vec::new();
        for (at, query) in queries.into_iter().enumerate() {
            let place = format!("{name}.member.{}", at + 1);
            let query = read(account, &place, query)?;
            if !ids.insert(query.id.clone()) {
                return Err(Error::Validation(format!("The values for parameter id in {name} are not unique.")));
            }
            found.push(query);
        }
        if !found.iter().any(|query| query.is_returned) {
            return Err(Error::Validation("At least one element in MetricDataQueries must return data.".into()));
        }
        check_references(&found)?;
        Ok(found)
    }

    pub fn to_api(&self) -> api::MetricDataQuery {
        let (metric_stat, expression) = match &self.source {
            Source::Metric(measure) => (Some(to_metric_stat(measure)), None),
            Source::Expression(text) => (None, Some(text.clone())),
        };
        api::MetricDataQuery {
            id: Some(self.id.clone()),
            metric_stat,
            expression,
            label: self.label.clone(),
            return_data: Some(self.is_returned),
            period: self.period.and_then(|period| period.try_into().ok()),
            account_id: None,
        }
    }

    /// The parsed expression, if it is one.
    pub fn expression(&self) -> Option<Expression> {
        match &self.source {
            Source::Metric(_) => None,
            Source::Expression(text) => math::parse(text).ok(),
        }
    }

    pub fn measure(&self) -> Option<&Measure> {
        match &self.source {
            Source::Metric(measure) => Some(measure),
            Source::Expression(_) => None,
        }
    }
}

fn to_metric_stat(measure: &Measure) -> api::MetricStat {
    api::MetricStat {
        metric: Some(measure.to_metric()),
        period: measure.period.try_into().ok(),
        stat: Some(measure.statistic.clone()),
        unit: measure.unit.clone(),
    }
}

fn read(account: &str, place: &str, query: api::MetricDataQuery) -> Result<Query, Error> {
    let id = query.id.unwrap_or_default();
    let is_id =
        id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_id {
        return Err(Error::Validation(format!(
            "The value {id} for parameter {place}.Id is not matching the expected pattern: it begins with a lower-case \
             letter and has letters, digits and underscores."
        )));
    }
    if query.account_id.is_some_and(|named| named != account) {
        return Err(Error::not_here(&format!("{place}.AccountId for another account")));
    }
    if let Some(period) = query.period {
        check_period(&format!("{place}.Period"), period.into())?;
    }
    let source = match (query.metric_stat, query.expression) {
        (Some(_), Some(_)) => {
            return Err(Error::Validation(format!(
                "The parameters {place}.Expression and {place}.MetricStat are mutually exclusive and you have specified both."
            )));
        }
        (None, None) => {
            return Err(Error::Validation(format!(
                "One of the parameters {place}.Expression and {place}.MetricStat must be specified."
            )));
        }
        (Some(stat), None) if query.period.is_some_and(|period| Some(period) != stat.period) => {
            return Err(Error::Validation(format!("{place}.Period must not be specified with {place}.MetricStat.")));
        }
        (Some(stat), None) => Source::Metric(read_stat(place, stat)?),
        (None, Some(text)) => {
            math::parse(&text).map_err(|wrong| Error::Validation(format!("Error in expression '{id}': {wrong}")))?;
            Source::Expression(text)
        }
    };
    Ok(Query {
        id,
        label: query.label,
        is_returned: query.return_data.unwrap_or(true),
        source,
        period: query.period.map(i64::from),
    })
}

fn read_stat(place: &str, stat: api::MetricStat) -> Result<Measure, Error> {
    let metric = stat.metric.unwrap_or_default();
    let need = |value: Option<String>, name: &str| {
        value.ok_or_else(|| Error::Validation(format!("The parameter {place}.MetricStat.Metric.{name} is required.")))
    };
    let period = i64::from(stat.period.unwrap_or_default());
    check_period(&format!("{place}.MetricStat.Period"), period)?;
    let statistic = stat.stat.unwrap_or_default();
    if Statistic::parse(&statistic).is_none() {
        return Err(Error::Validation(format!(
            "The value {statistic} for parameter {place}.MetricStat.Stat is not supported."
        )));
    }
    Ok(Measure {
        namespace: need(metric.namespace, "Namespace")?,
        name: need(metric.metric_name, "MetricName")?,
        dimensions: from_dimensions(metric.dimensions)?,
        period,
        statistic,
        unit: stat.unit,
    })
}

/// Seconds that a period may have (*API reference, MetricStat: Period*).
pub(crate) fn check_period(name: &str, period: i64) -> Result<(), Error> {
    if matches!(period, 1 | 5 | 10 | 20 | 30) || (period > 0 && period % 60 == 0) {
        return Ok(());
    }
    Err(Error::Validation(format!(
        "The parameter {name} must be 1, 5, 10, 20, 30 or a multiple of 60; it is {period}."
    )))
}

pub(crate) fn from_dimensions(dimensions: Option<Vec<api::Dimension>>) -> Result<Vec<(String, String)>, Error> {
    let mut found: Vec<(String, String)> = Vec::new();
    for dimension in dimensions.unwrap_or_default() {
        let (name, value) = (dimension.name.unwrap_or_default(), dimension.value.unwrap_or_default());
        if found.iter().any(|(known, _)| *known == name) {
            return Err(Error::InvalidParameterValue(format!("No two dimensions may have the same name: {name}.")));
        }
        found.push((name, value));
    }
    Ok(found)
}

pub(crate) fn to_dimensions(dimensions: &[(String, String)]) -> Vec<api::Dimension> {
    let one =
        |(name, value): &(String, String)| api::Dimension { name: Some(name.clone()), value: Some(value.clone()) };
    dimensions.iter().map(one).collect()
}

/// Every id that an expression names is there, and none names itself by way of others.
fn check_references(queries: &[Query]) -> Result<(), Error> {
    let mut settled: BTreeSet<&str> =
        queries.iter().filter(|query| query.measure().is_some()).map(|query| query.id.as_str()).collect();
    let expressions: Vec<_> = queries.iter().filter_map(|query| Some((query, query.expression()?))).collect();
    for (query, expression) in &expressions {
        if let Some(unknown) = expression.ids().into_iter().find(|id| !queries.iter().any(|query| query.id == *id)) {
            return Err(Error::Validation(format!(
                "Error in expression '{}': {}",
                query.id,
                math::Wrong::UnknownId(unknown.into())
            )));
        }
    }
    // Each round settles what names only what is settled; at most as many rounds as there are expressions.
    for _ in &expressions {
        for (query, expression) in &expressions {
            if expression.ids().iter().all(|id| settled.contains(id)) {
                settled.insert(&query.id);
            }
        }
    }
    match expressions.iter().find(|(query, _)| !settled.contains(query.id.as_str())) {
        None => Ok(()),
        Some((query, _)) => Err(Error::Validation(format!("Error in expression '{}': it depends on itself", query.id))),
    }
}
