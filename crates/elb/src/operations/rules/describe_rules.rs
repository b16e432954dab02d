//! DescribeRules. Those of a listener come by priority, the default one last.

use std::sync::Arc;

use freehold_api::elbv2::{self, DescribeRulesInput, DescribeRulesOutput};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, Rule, arns};
use crate::operations::pages;

pub(super) async fn describe_rules(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeRulesInput,
) -> Result<DescribeRulesOutput, freehold_wire::Error> {
    let arns = input.rule_arns.unwrap_or_default();
    let found = match (input.listener_arn.as_deref(), arns.is_empty()) {
        (Some(listener), true) => of_listener(&elb, call.account(), listener)?,
        (None, false) => named(&elb, call.account(), &arns)?,
        _ => return Err(Error::invalid("You must specify either listener rule ARNs or a listener ARN").into()),
    };
    let mut parts: Vec<&str> = arns.iter().map(String::as_str).collect();
    parts.extend(input.listener_arn.as_deref());
    let (page, next_marker) = pages::cut(&call, found, &parts, input.marker, input.page_size, |(key, _)| key)?;
    Ok(DescribeRulesOutput { rules: Some(page.into_iter().map(|(_, rule)| rule).collect()), next_marker })
}

/// Rules with what they are sorted by.
type Keyed = Vec<(String, elbv2::Rule)>;

fn of_listener(elb: &Elb, account: &str, arn: &str) -> Result<Keyed, Error> {
    let listener: Listener = elb.find(account, arn)?;
    let rules = elb.store.list::<Rule>(&Filter::index(0, arn))?;
    let mut keyed: Keyed = rules.iter().map(|rule| (format!("{:05}", rule.priority), view::rule(rule))).collect();
    keyed.push(("default".to_owned(), view::default_rule(&listener)));
    Ok(keyed)
}

fn named(elb: &Elb, account: &str, arns: &[String]) -> Result<Keyed, Error> {
    let find = |arn: &String| {
        let listener = arns::listener_of(arn).map(|listener| elb.store.get::<Listener>(&listener)).transpose()?;
        let default = listener.flatten().filter(|it| it.account == account && it.default_rule == *arn);
        let rule = match default {
            Some(listener) => view::default_rule(&listener),
            None => view::rule(&elb.find::<Rule>(account, arn)?),
        };
        Ok((arn.clone(), rule))
    };
    arns.iter().map(find).collect()
}
