//! What composite alarms see of others.

use std::sync::Arc;

use crate::CloudWatch;
use crate::model::{Alarm, Composite, StateValue, parse_rule};

impl CloudWatch {
    /// The alarms that a composite one names and that are there.
    pub(crate) fn named(&self, alarm: &Alarm) -> Vec<Arc<Alarm>> {
        let rule = alarm.composite().and_then(|composite| parse_rule(&composite.rule));
        let names = rule.iter().flat_map(|rule| rule.alarms());
        names.filter_map(|name| self.book.find(&alarm.account, name)).collect()
    }

    /// What its rule says.
    pub(crate) fn combined(&self, alarm: &Alarm, composite: &Composite) -> StateValue {
        let rule = parse_rule(&composite.rule);
        let holds = rule.is_some_and(|rule| rule.holds(&|name| self.book.state(&alarm.account, name)));
        if holds { StateValue::Alarm } else { StateValue::Ok }
    }

    /// The composite alarms of the account that name this one, in their rules or as suppressor.
    pub(crate) fn parents(&self, alarm: &Alarm) -> Vec<Arc<Alarm>> {
        let names_it = |parent: &Arc<Alarm>| {
            let suppressor = parent.composite().and_then(|composite| composite.suppressor.as_ref());
            let suppressor = suppressor.and_then(|one| self.book.find(&parent.account, &one.alarm));
            self.named(parent).iter().chain(&suppressor).any(|child| child.arn == alarm.arn)
        };
        self.book.of(&alarm.account).into_iter().filter(names_it).collect()
    }
}
