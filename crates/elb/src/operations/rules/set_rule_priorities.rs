//! SetRulePriorities. All at once, so that rules can change places.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use freehold_api::elbv2::{RulePriorityPair, SetRulePrioritiesInput, SetRulePrioritiesOutput};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, Rule, arns};
use crate::operations::lookup;

pub(super) async fn set_rule_priorities(
    elb: Arc<Elb>,
    call: Call,
    input: SetRulePrioritiesInput,
) -> Result<SetRulePrioritiesOutput, freehold_wire::Error> {
    let (account, wanted) = (call.account().to_owned(), input.rule_priorities.unwrap_or_default());
    let changed = elb.store.transact::<_, Error, _>(move |tx| set(tx, &account, wanted)).await?;
    Ok(SetRulePrioritiesOutput { rules: Some(changed.iter().map(view::rule).collect()) })
}

fn set(tx: &mut dyn Tx, account: &str, wanted: Vec<RulePriorityPair>) -> Result<Vec<Rule>, Error> {
    let mut changed: BTreeMap<String, Rule> = BTreeMap::new();
    for pair in wanted {
        let arn = pair.rule_arn.unwrap_or_default();
        refuse_default(tx, account, &arn)?;
        let mut rule: Rule = lookup::within(tx, account, &arn)?;
        rule.priority = pair.priority.and_then(|priority| u32::try_from(priority).ok()).unwrap_or_default();
        if changed.insert(arn, rule).is_some() {
            return Err(Error::invalid("A rule may be specified once only"));
        }
    }
    let listeners: BTreeSet<&str> = changed.values().map(|rule| rule.listener.as_str()).collect();
    if listeners.len() > 1 {
        return Err(Error::invalid("All rules must belong to the same listener"));
    }
    let Some(listener) = listeners.first() else {
        return Err(Error::invalid("At least one rule priority must be specified"));
    };
    let mut taken = BTreeSet::new();
    for rule in tx.list::<Rule>(&Filter::index(0, *listener))? {
        let priority = changed.get(&rule.arn).map_or(rule.priority, |rule| rule.priority);
        if !taken.insert(priority) {
            return Err(Error::PriorityInUse(priority));
        }
    }
    for rule in changed.values() {
        tx.put(rule)?;
    }
    Ok(changed.into_values().collect())
}

fn refuse_default(tx: &mut dyn Tx, account: &str, arn: &str) -> Result<(), Error> {
    let Some(listener) = arns::listener_of(arn) else { return Ok(()) };
    match tx.get::<Listener>(&listener)? {
        Some(listener) if listener.account == account && listener.default_rule == arn => {
            Err(Error::OperationNotPermitted(format!("The priority of default rule '{arn}' cannot be changed")))
        }
        _ => Ok(()),
    }
}
