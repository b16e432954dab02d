//! Rules of listeners, but for the default ones.

use freehold_balancer::config::{Action, Condition};
use freehold_core::tags::Tags;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

/// What is done with requests that meet conditions. Conditions and actions are in the words of the node's
/// configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its ARN, which is its id too.
    pub arn: String,
    pub account: String,
    /// ARN of its listener.
    pub listener: String,
    /// ARN of its listener's balancer.
    pub load_balancer: String,
    /// 1 to 50,000; the least comes first, and no two of a listener have the same.
    pub priority: u32,
    pub conditions: Vec<Condition>,
    pub action: Action,
    pub tags: Tags,
}

impl Document for Rule {
    const KIND: &'static str = "elb.rule";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Its listener, and that one's balancer.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.listener.clone()), Some(self.load_balancer.clone()), None]
    }
}
