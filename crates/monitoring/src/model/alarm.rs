//! Alarms, of a metric and composite ones.

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Measure, Query, State, StateValue, Suppression, Suppressor};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alarm {
    /// Its ARN, which is its id too.
    pub arn: String,
    pub account: String,
    pub name: String,
    pub description: Option<String>,
    pub is_acting: bool,
    pub ok_actions: Vec<String>,
    pub alarm_actions: Vec<String>,
    pub insufficient_data_actions: Vec<String>,
    /// When it was put.
    pub configured: Timestamp,
    pub kind: Kind,
    pub state: State,
    pub tags: Tags,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Metric(MetricRule),
    Composite(Composite),
}

/// When a metric is alarming.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MetricRule {
    pub watched: Watched,
    pub evaluation_periods: u32,
    pub datapoints_to_alarm: u32,
    /// Whether the one before was given: else it is not shown.
    pub has_datapoints: bool,
    pub threshold: f64,
    pub comparison: Comparison,
    pub missing: Missing,
    /// As it was given.
    pub missing_text: Option<String>,
    pub low_samples: Option<LowSamples>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Watched {
    One(Measure),
    /// Exactly one of them returns data.
    Math(Vec<Query>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Composite {
    /// It can be parsed.
    pub rule: String,
    pub suppressor: Option<Suppressor>,
    pub suppression: Suppression,
    /// Its state was set by hand, and holds until one of its alarms changes.
    pub is_set: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Comparison {
    AtLeast,
    Above,
    Below,
    AtMost,
}

/// What a datapoint counts for that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Missing {
    /// Nothing is known then.
    Unknown,
    Ignore,
    Breaching,
    NotBreaching,
}

/// What becomes of percentiles of few samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LowSamples {
    Evaluate,
    Ignore,
}

impl Comparison {
    const ALL: [Self; 4] = [Self::AtLeast, Self::Above, Self::Below, Self::AtMost];

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::AtLeast => "GreaterThanOrEqualToThreshold",
            Self::Above => "GreaterThanThreshold",
            Self::Below => "LessThanThreshold",
            Self::AtMost => "LessThanOrEqualToThreshold",
        }
    }

    /// As sentences have it.
    pub fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "greater than or equal to",
            Self::Above => "greater than",
            Self::Below => "less than",
            Self::AtMost => "less than or equal to",
        }
    }

    pub fn is_breaching(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::AtLeast => value >= threshold,
            Self::Above => value > threshold,
            Self::Below => value < threshold,
            Self::AtMost => value <= threshold,
        }
    }
}

impl Missing {
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "missing" => Some(Self::Unknown),
            "ignore" => Some(Self::Ignore),
            "breaching" => Some(Self::Breaching),
            "notBreaching" => Some(Self::NotBreaching),
            _ => None,
        }
    }
}

impl MetricRule {
    /// Seconds between datapoints.
    pub fn period(&self) -> i64 {
        match &self.watched {
            Watched::One(measure) => measure.period,
            Watched::Math(queries) => {
                queries.iter().filter_map(Query::measure).map(|one| one.period).max().unwrap_or(60)
            }
        }
    }

    /// The metric, if it is one alone.
    pub fn measure(&self) -> Option<&Measure> {
        match &self.watched {
            Watched::One(measure) => Some(measure),
            Watched::Math(_) => None,
        }
    }
}

impl Alarm {
    pub fn arn(region: &str, account: &str, name: &str) -> String {
        Arn::new("cloudwatch", region, account, format!("alarm:{name}")).to_string()
    }

    pub fn metric_rule(&self) -> Option<&MetricRule> {
        match &self.kind {
            Kind::Metric(rule) => Some(rule),
            Kind::Composite(_) => None,
        }
    }

    pub fn composite(&self) -> Option<&Composite> {
        match &self.kind {
            Kind::Metric(_) => None,
            Kind::Composite(composite) => Some(composite),
        }
    }

    /// `MetricAlarm`
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Metric(_) => "MetricAlarm",
            Kind::Composite(_) => "CompositeAlarm",
        }
    }

    /// What is done when it comes into this state.
    pub fn actions(&self, state: StateValue) -> &[String] {
        match state {
            StateValue::Ok => &self.ok_actions,
            StateValue::Alarm => &self.alarm_actions,
            StateValue::InsufficientData => &self.insufficient_data_actions,
        }
    }

    pub fn all_actions(&self) -> impl Iterator<Item = &String> {
        self.ok_actions.iter().chain(&self.alarm_actions).chain(&self.insufficient_data_actions)
    }
}

impl Document for Alarm {
    const KIND: &'static str = "cloudwatch.alarm";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}
