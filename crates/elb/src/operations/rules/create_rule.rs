//! CreateRule.

use std::sync::Arc;

use freehold_api::elbv2::{CreateRuleInput, CreateRuleOutput};
use freehold_balancer::config::Kind;
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::{actions, conditions, refuse_transforms, view};
use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, LoadBalancer, Rule, arns};
use crate::operations::{lookup, quotas, tags};

pub(super) async fn create_rule(
    elb: Arc<Elb>,
    call: Call,
    input: CreateRuleInput,
) -> Result<CreateRuleOutput, freehold_wire::Error> {
    refuse_transforms(input.transforms.as_ref())?;
    let listener = input.listener_arn.unwrap_or_default();
    let rule = Rule {
        arn: arns::rule(&listener, &arns::new_id()),
        account: call.account().to_owned(),
        listener,
        load_balancer: String::new(),
        priority: input.priority.and_then(|priority| u32::try_from(priority).ok()).unwrap_or_default(),
        conditions: conditions::parse(input.conditions)?,
        action: actions::parse(input.actions)?,
        tags: tags::of_new(input.tags)?,
    };
    let made = elb.store.transact::<_, Error, _>(move |tx| put(tx, rule)).await?;
    Ok(CreateRuleOutput { rules: Some(vec![view::rule(&made)]) })
}

fn put(tx: &mut dyn Tx, mut rule: Rule) -> Result<Rule, Error> {
    let listener: Listener = lookup::within(tx, &rule.account, &rule.listener)?;
    let balancer: LoadBalancer = lookup::within(tx, &rule.account, &listener.load_balancer)?;
    if balancer.kind != Kind::Application {
        let why = "Rules are unsupported for listeners of network load balancers";
        return Err(Error::InvalidConfiguration(why.into()));
    }
    rule.load_balancer = listener.load_balancer;
    let others = tx.list::<Rule>(&Filter::index(1, &rule.load_balancer))?;
    if others.iter().any(|other| other.listener == rule.listener && other.priority == rule.priority) {
        return Err(Error::PriorityInUse(rule.priority));
    }
    if others.len() >= quotas::RULES_PER_BALANCER {
        let why = format!("A load balancer can have up to {} rules", quotas::RULES_PER_BALANCER);
        return Err(Error::too_many("TooManyRules", why));
    }
    actions::check(tx, &balancer, listener.protocol, &rule.action, &rule.arn)?;
    tx.put(&rule)?;
    Ok(rule)
}
