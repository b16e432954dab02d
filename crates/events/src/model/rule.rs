//! Rules: which events, or which times, are told to which targets.

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{DEFAULT_BUS, RuleTarget};
use crate::expression::Expression;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub arn: String,
    pub account: String,
    /// ARN and name of its bus.
    pub bus: String,
    pub bus_name: String,
    pub name: String,
    pub pattern: Option<String>,
    pub schedule: Option<String>,
    pub state: RuleState,
    pub description: Option<String>,
    pub role: Option<String>,
    pub tags: Tags,
    pub targets: Vec<RuleTarget>,
    /// The account that made it.
    pub created_by: String,
    /// When its schedule began to run: since it was put or enabled.
    pub since: Timestamp,
    /// When its schedule comes due next; `None` without one, or where it is disabled.
    pub due: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RuleState {
    Enabled,
    Disabled,
    /// Events of CloudTrail about reading come too; there is no CloudTrail, so that it is enabled and no more.
    EnabledWithManagement,
}

impl RuleState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
            Self::EnabledWithManagement => "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        }
    }

    /// The model has no other names.
    pub fn named(name: Option<&str>) -> Self {
        match name {
            Some("DISABLED") => Self::Disabled,
            Some("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS") => Self::EnabledWithManagement,
            _ => Self::Enabled,
        }
    }

    pub fn is_enabled(self) -> bool {
        self != Self::Disabled
    }
}

impl Rule {
    /// The expression of its schedule. What is stored was read before.
    fn expression(&self) -> Option<Expression> {
        Expression::parse(self.schedule.as_deref()?, true)
    }

    /// Lets the schedule run from `now` on, if it has one and is enabled.
    pub fn begin(&mut self, now: Timestamp) {
        self.since = now;
        self.due = self.next(now);
    }

    /// When it comes due after `after`. Times that were missed while nobody looked are not made up for. Rules have no zones:
    /// their hours are UTC's.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let expression = self.expression().filter(|_| self.state.is_enabled())?;
        // The first moment of a rate is one period after it began.
        let due = expression.next(self.since, after, &TimeZone::UTC)?;
        if due > self.since { Some(due) } else { expression.next(self.since, due, &TimeZone::UTC) }
    }
}

/// Rules of the default bus have no bus in their names.
pub(crate) fn rule_arn(region: &str, account: &str, bus: &str, name: &str) -> String {
    let resource = if bus == DEFAULT_BUS { format!("rule/{name}") } else { format!("rule/{bus}/{name}") };
    Arn::new("events", region, account, resource).to_string()
}

impl Document for Rule {
    const KIND: &'static str = "events.rule";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The bus, and whether it waits for a time.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.bus.clone()), self.due.map(|_| "scheduled".to_owned()), None]
    }
}
