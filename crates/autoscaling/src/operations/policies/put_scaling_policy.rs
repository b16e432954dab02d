//! `PutScalingPolicy`. A policy that tracks a target makes its alarms itself.

use std::sync::Arc;

use freehold_api::autoscaling::{PolicyARNType, PutScalingPolicyType};
use freehold_core::Arn;
use freehold_core::ids::uuid;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::{rule, view};
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Policy, Rule};
use crate::operations::check;
use crate::world::{Alarm, alarm_name};

/// *User guide, Quotas*
const POLICIES_AT_MOST: usize = 50;

pub(super) async fn put_scaling_policy(
    own: Arc<AutoScaling>,
    call: Call,
    input: PutScalingPolicyType,
) -> Result<PolicyARNType> {
    let account = call.account();
    let group_name = check::required("AutoScalingGroupName", input.auto_scaling_group_name.clone())?;
    let name = check::required("PolicyName", input.policy_name.clone())?;
    let rule = rule::rule(&input)?;
    let group = own.group(account, &group_name)?;
    let all = own.store.list::<Policy>(&Filter::index(0, &group.id))?;
    let before = all.iter().find(|policy| policy.name == name);
    if before.is_none() && all.len() >= POLICIES_AT_MOST {
        return Err(Error::LimitExceeded(format!(
            "You have exceeded the limit of {POLICIES_AT_MOST} scaling policies per Auto Scaling group."
        )));
    }
    let arn = before.map_or_else(|| self::arn(&own.region, account, &group_name, &name), |policy| policy.arn.clone());
    let alarms = match (&rule, before) {
        (Rule::Tracking(_), Some(policy)) if policy.alarms.len() == 2 => policy.alarms.clone(),
        (Rule::Tracking(_), _) => {
            vec![alarm_name(&group_name, Alarm::High, &uuid()), alarm_name(&group_name, Alarm::Low, &uuid())]
        }
        _ => Vec::new(),
    };
    let superfluous: Vec<String> =
        before.into_iter().flat_map(|policy| policy.alarms.clone()).filter(|alarm| !alarms.contains(alarm)).collect();
    let policy = Policy {
        arn: arn.clone(),
        account: account.to_owned(),
        group: group.id.clone(),
        group_name,
        name,
        enabled: input.enabled.unwrap_or(true),
        rule,
        alarms,
    };
    // The policy first: an alarm that nobody knows would be left behind.
    let row = policy.clone();
    own.change_group(account, &group.name, move |tx, _| Ok(tx.put(&row)?)).await?;
    if let Rule::Tracking(tracking) = &policy.rule {
        for (alarm, name) in [Alarm::High, Alarm::Low].into_iter().zip(&policy.alarms) {
            let made = own.world.put_alarm(account, &policy.group_name, name, alarm, tracking, &arn).await;
            if let Err(error) = made {
                if before.is_none() {
                    withdraw(&own, &policy).await?;
                }
                return Err(check::refused("", error));
            }
        }
    }
    own.world.delete_alarms(account, &superfluous).await.map_err(|error| check::refused("", error))?;
    let alarms = policy.alarms.iter().map(|name| view::alarm((name.clone(), alarm_arn(&own.region, account, name))));
    Ok(PolicyARNType { policy_arn: Some(arn), alarms: Some(alarms.collect()) })
}

/// Its alarms cannot be made, so that it would do nothing.
async fn withdraw(own: &Arc<AutoScaling>, policy: &Policy) -> Result<()> {
    let _ = own.world.delete_alarms(&policy.account, &policy.alarms).await;
    let arn = policy.arn.clone();
    own.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<Policy>(&arn)?)).await?;
    Ok(())
}

fn arn(region: &str, account: &str, group: &str, name: &str) -> String {
    let resource = format!("scalingPolicy:{}:autoScalingGroupName/{group}:policyName/{name}", uuid());
    Arn::new("autoscaling", region, account, resource).to_string()
}

pub(super) fn alarm_arn(region: &str, account: &str, name: &str) -> String {
    Arn::new("cloudwatch", region, account, format!("alarm:{name}")).to_string()
}
