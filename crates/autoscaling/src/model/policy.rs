//! Scaling policies.

use freehold_store::Document;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Policy {
    /// Its ARN.
    pub arn: String,
    pub account: String,
    /// The group's id.
    pub group: String,
    pub group_name: String,
    pub name: String,
    pub enabled: bool,
    pub rule: Rule,
    /// Alarms that the policy itself made.
    pub alarms: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Rule {
    Simple {
        adjustment: Adjustment,
        by: i32,
        /// Seconds; the group's where nothing is said.
        cooldown: Option<u32>,
    },
    Step {
        adjustment: Adjustment,
        steps: Vec<Step>,
        aggregation: String,
        /// Seconds.
        warmup: Option<u32>,
    },
    Tracking(Tracking),
}

/// How a number changes the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Adjustment {
    pub kind: AdjustmentType,
    /// Percentages change at least so much.
    pub min_magnitude: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AdjustmentType {
    /// By so many.
    Change,
    /// To so many.
    Exact,
    /// By so many percent.
    Percent,
}

/// From `lower` (included) to `upper` (excluded) beyond the threshold, and the other way round below it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub by: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tracking {
    pub metric: TrackedMetric,
    pub target: f64,
    pub disable_scale_in: bool,
    /// Seconds.
    pub warmup: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum TrackedMetric {
    Predefined {
        kind: String,
        label: Option<String>,
    },
    Custom {
        name: String,
        namespace: String,
        dimensions: Vec<(String, String)>,
        statistic: String,
        unit: Option<String>,
        /// Seconds.
        period: Option<i32>,
    },
    /// Metric math.
    Queries(Vec<Query>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Query {
    pub id: String,
    pub expression: Option<String>,
    pub label: Option<String>,
    pub period: Option<i32>,
    pub return_data: Option<bool>,
    pub stat: Option<QueryStat>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct QueryStat {
    pub name: String,
    pub namespace: String,
    pub dimensions: Vec<(String, String)>,
    pub stat: String,
    pub unit: Option<String>,
    pub period: Option<i32>,
}

impl AdjustmentType {
    pub const ALL: [Self; 3] = [Self::Change, Self::Exact, Self::Percent];

    pub fn name(self) -> &'static str {
        match self {
            Self::Change => "ChangeInCapacity",
            Self::Exact => "ExactCapacity",
            Self::Percent => "PercentChangeInCapacity",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Policy {
    /// `SimpleScaling`, `StepScaling`, `TargetTrackingScaling`
    pub fn kind(&self) -> &'static str {
        match &self.rule {
            Rule::Simple { .. } => "SimpleScaling",
            Rule::Step { .. } => "StepScaling",
            Rule::Tracking(_) => "TargetTrackingScaling",
        }
    }
}

impl Document for Policy {
    const KIND: &'static str = "autoscaling.policy";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The group.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.group.clone()), None, None]
    }
}
