//! Rules of application balancers' listeners, and the conditions and actions that they are made of.

pub(super) mod actions;
mod conditions;
mod create_rule;
mod delete_rule;
mod describe_rules;
mod modify_rule;
mod set_rule_priorities;
pub(super) mod view;

use std::sync::Arc;

use freehold_api::elbv2::{RuleTransform, op};
use freehold_wire::Service;

use crate::Elb;
use crate::errors::Error;

pub(super) fn register(service: Service, elb: &Arc<Elb>) -> Service {
    service
        .on(op::CreateRule, elb, create_rule::create_rule)
        .on(op::DeleteRule, elb, delete_rule::delete_rule)
        .on(op::DescribeRules, elb, describe_rules::describe_rules)
        .on(op::ModifyRule, elb, modify_rule::modify_rule)
        .on(op::SetRulePriorities, elb, set_rule_priorities::set_rule_priorities)
}

/// Nodes send requests on as they are.
fn refuse_transforms(transforms: Option<&Vec<RuleTransform>>) -> Result<(), Error> {
    match transforms {
        Some(some) if !some.is_empty() => {
            Err(Error::InvalidConfiguration("The parameter Transforms is not supported in this region".into()))
        }
        _ => Ok(()),
    }
}
