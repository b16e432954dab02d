//! PutRule: makes a rule, or changes all of an existing one but its targets and tags.

use std::sync::Arc;

use freehold_api::events::{PutRuleRequest, PutRuleResponse};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::expression::Expression;
use crate::model::{DEFAULT_BUS, Rule, RuleState};
use crate::operations::lookup::BusName;
use crate::operations::tags;
use crate::pattern::Pattern;

/// *EventBridge quotas: rules*, of one bus.
const MOST: usize = 300;

pub(in crate::operations) async fn put_rule(
    events: Arc<Events>,
    call: Call,
    input: PutRuleRequest,
) -> Result<PutRuleResponse, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    check(&bus, &input)?;
    let now = events.now();
    let put = events.store.transact::<_, Error, _>(move |tx| {
        bus.check(tx, &call)?;
        let name = input.name.unwrap_or_default();
        let arn = bus.rule_arn(&call, &name);
        let before = tx.get::<Rule>(&arn)?;
        if before.is_none() {
            check_count(tx, &bus.arn)?;
        }
        let (before_tags, targets) = before.map(|rule| (rule.tags, rule.targets)).unwrap_or_default();
        // *PutRule: Tags: of an existing rule they are not changed*.
        let tags = if before_tags.is_empty() { tags::merged(&before_tags, input.tags)? } else { before_tags };
        let mut rule = Rule {
            arn: arn.clone(),
            account: call.account().to_owned(),
            bus: bus.arn,
            bus_name: bus.name,
            name,
            pattern: input.event_pattern.filter(|text| !text.is_empty()),
            schedule: input.schedule_expression.filter(|text| !text.is_empty()),
            state: RuleState::named(input.state.as_deref()),
            description: input.description,
            role: input.role_arn,
            tags,
            targets,
            created_by: call.account().to_owned(),
            since: now,
            due: None,
        };
        rule.begin(now);
        tx.put(&rule)?;
        Ok(arn)
    });
    let arn = put.await?;
    events.rules.outdated();
    Ok(PutRuleResponse { rule_arn: Some(arn) })
}

fn check(bus: &BusName, input: &PutRuleRequest) -> Result<()> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (pattern, schedule) = (given(&input.event_pattern), given(&input.schedule_expression));
    if pattern.is_none() && schedule.is_none() {
        return Err(Error::invalid("Parameter(s) EventPattern or ScheduleExpression must be specified."));
    }
    if let Some(pattern) = &pattern {
        Pattern::parse(pattern)?;
    }
    if let Some(schedule) = &schedule {
        // *PutRule: ScheduleExpression: on the default event bus only*.
        if bus.name != DEFAULT_BUS {
            return Err(Error::invalid("ScheduleExpression is supported only on the default event bus."));
        }
        match Expression::parse(schedule, true) {
            Some(Expression::Rate(_) | Expression::Cron(_)) => {}
            _ => return Err(Error::invalid("Parameter ScheduleExpression is not valid.")),
        }
    }
    Ok(())
}

fn check_count(tx: &mut dyn Tx, bus: &str) -> Result<()> {
    if tx.list::<Rule>(&Filter::index(0, bus))?.len() >= MOST {
        return Err(Error::LimitExceeded("The requested resource exceeds the maximum number allowed.".into()));
    }
    Ok(())
}
