//! `DescribePolicies`.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribePoliciesType, PoliciesType};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::put_scaling_policy::alarm_arn;
use super::view;
use crate::AutoScaling;
use crate::errors::Result;
use crate::model::Policy;
use crate::operations::{check, pages};

pub(super) async fn describe_policies(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribePoliciesType,
) -> Result<PoliciesType> {
    let account = call.account();
    let mut policies = match &input.auto_scaling_group_name {
        Some(name) => own.store.list::<Policy>(&Filter::index(0, own.group(account, name)?.id))?,
        None => own.store.list::<Policy>(&Filter::account(account))?,
    };
    if let Some(names) = input.policy_names.filter(|names| !names.is_empty()) {
        policies.retain(|policy| names.contains(&policy.name) || names.contains(&policy.arn));
    }
    if let Some(kinds) = input.policy_types.filter(|kinds| !kinds.is_empty()) {
        policies.retain(|policy| kinds.iter().any(|kind| kind == policy.kind()));
    }
    let token = input.next_token.as_deref();
    let (policies, next_token) = pages::page(&call, policies, input.max_records, pages::MOST, token, |one| &one.arn)?;
    let mut shown = Vec::with_capacity(policies.len());
    for policy in &policies {
        let alarms = if policy.alarms.is_empty() {
            own.world.alarms_of(account, &policy.arn).await.map_err(|error| check::refused("", error))?
        } else {
            policy.alarms.iter().map(|name| (name.clone(), alarm_arn(&own.region, account, name))).collect()
        };
        shown.push(view::policy(policy, alarms));
    }
    Ok(PoliciesType { scaling_policies: Some(shown), next_token })
}
