//! PutCompositeAlarm.

use std::collections::BTreeSet;
use std::sync::Arc;

use freehold_api::cloudwatch::PutCompositeAlarmInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::common::{Actions, checked_tags};
use crate::CloudWatch;
use crate::alarms::Target;
use crate::errors::Error;
use crate::model::{Alarm, Composite, Kind, State, Suppression, Suppressor, parse_rule};

/// Alarms in a rule.
const CHILDREN: usize = 100;

pub(super) async fn put_composite_alarm(
    state: Arc<CloudWatch>,
    call: Call,
    input: PutCompositeAlarmInput,
) -> Result<Unit, freehold_wire::Error> {
    if input.action_configuration.is_some() {
        return Err(Error::not_here("ActionConfiguration").into());
    }
    let (name, now) = (input.alarm_name.unwrap_or_default(), state.now());
    let arn = Alarm::arn(&call.region, call.account(), &name);
    let rule = input.alarm_rule.unwrap_or_default();
    check_rule(&state, call.account(), &arn, &rule)?;
    let suppressor = suppressor(
        &state,
        call.account(),
        input.actions_suppressor,
        input.actions_suppressor_wait_period,
        input.actions_suppressor_extension_period,
    )?;
    let actions = Actions::new(input.ok_actions, input.alarm_actions, input.insufficient_data_actions);
    actions.check(&call.region, |target| match target {
        Target::Topic | Target::Function => Ok(()),
        Target::Policy | Target::Instance(_) => Err("Composite alarms cannot take this action"),
    })?;
    let suppression = state.book.get(call.account(), &name);
    let suppression = suppression.as_ref().and_then(|alarm| alarm.composite()).map_or(Suppression::Free, |one| {
        if one.suppressor == suppressor { one.suppression } else { Suppression::Free }
    });
    let alarm = Alarm {
        arn,
        account: call.account().to_owned(),
        name,
        description: input.alarm_description,
        is_acting: input.actions_enabled.unwrap_or(true),
        ok_actions: actions.ok,
        alarm_actions: actions.alarm,
        insufficient_data_actions: actions.insufficient_data,
        configured: now,
        kind: Kind::Composite(Composite { rule, suppressor, suppression, is_set: false }),
        state: State::unchecked(now),
        tags: checked_tags(input.tags)?,
    };
    state.put_alarm(alarm).await?;
    Ok(Unit)
}

fn check_rule(state: &CloudWatch, account: &str, arn: &str, text: &str) -> Result<(), Error> {
    let rule = parse_rule(text).ok_or_else(|| {
        Error::Validation("Invalid AlarmRule: it is not an expression of ALARM(), OK(), INSUFFICIENT_DATA(), AT_LEAST(), TRUE, FALSE, AND, OR and NOT.".into())
    })?;
    let names = rule.alarms();
    if names.len() > CHILDREN {
        return Err(Error::Validation(format!("AlarmRule must not name more than {CHILDREN} alarms.")));
    }
    let missing: Vec<&str> = names.iter().copied().filter(|name| state.book.find(account, name).is_none()).collect();
    if !missing.is_empty() {
        return Err(Error::Validation(format!(
            "Could not save the composite alarm as alarms [{}] in the alarm rule do not exist",
            missing.join(", ")
        )));
    }
    // A circle could never be deleted, and its states would follow each other for ever.
    let mut seen = BTreeSet::new();
    let mut next: Vec<_> = names.iter().filter_map(|name| state.book.find(account, name)).collect();
    while let Some(alarm) = next.pop() {
        if alarm.arn == arn {
            return Err(Error::Validation("The alarm rule makes the composite alarm depend on itself.".into()));
        }
        if seen.insert(alarm.arn.clone()) {
            next.extend(state.named(&alarm));
        }
    }
    Ok(())
}

fn suppressor(
    state: &CloudWatch,
    account: &str,
    alarm: Option<String>,
    wait: Option<i32>,
    extension: Option<i32>,
) -> Result<Option<Suppressor>, Error> {
    let Some(alarm) = alarm else {
        return match (wait, extension) {
            (None, None) => Ok(None),
            _ => Err(Error::Validation(
                "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod need the parameter ActionsSuppressor.".into(),
            )),
        };
    };
    let (Some(wait), Some(extension)) = (wait, extension) else {
        return Err(Error::Validation(
            "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required with ActionsSuppressor."
                .into(),
        ));
    };
    if wait < 0 || extension < 0 {
        return Err(Error::Validation("The periods of an actions suppressor must not be negative.".into()));
    }
    if state.book.find(account, &alarm).is_none() {
        return Err(Error::Validation(format!("The actions suppressor {alarm} does not exist.")));
    }
    Ok(Some(Suppressor { alarm, wait: wait.into(), extension: extension.into() }))
}
