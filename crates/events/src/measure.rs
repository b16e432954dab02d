//! What CloudWatch is told (*EventBridge user guide, Monitoring: metrics*).

use freehold_core::metrics::Datum;

use crate::Events;
use crate::delivery::{Delivery, Origin};
use crate::model::Rule;

impl Events {
    /// Counts one of each for the rule that told.
    pub(crate) fn measure(&self, delivery: &Delivery, names: &[&'static str]) {
        // Schedules count by their groups, which is not done yet.
        let Origin::Rule { name: rule } = &delivery.origin else { return };
        self.count(&delivery.account, rule, names);
    }

    pub(crate) fn triggered(&self, rule: &Rule) {
        self.count(&rule.account, &rule.name, &["MatchedEvents", "TriggeredRules"]);
    }

    fn count(&self, account: &str, rule: &str, names: &[&'static str]) {
        let at = self.now();
        let datum =
            |name: &&'static str| Datum::one("AWS/Events", name, vec![("RuleName", rule.to_owned())], at, 1.0, "Count");
        self.metrics.record(account, names.iter().map(datum).collect());
    }
}
