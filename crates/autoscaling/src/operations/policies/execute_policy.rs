//! `ExecutePolicy`.

use std::sync::Arc;

use freehold_api::autoscaling::ExecutePolicyType;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::named::named;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::Rule;
use crate::operations::check;
use crate::target::Trigger;

pub(super) async fn execute_policy(own: Arc<AutoScaling>, call: Call, input: ExecutePolicyType) -> Result<Unit> {
    let name = check::required("PolicyName", input.policy_name)?;
    let policy = named(&own, call.account(), input.auto_scaling_group_name.as_deref(), &name)?;
    let said = input.metric_value.is_some() || input.breach_threshold.is_some();
    match &policy.rule {
        Rule::Simple { .. } if said => {
            return Err(Error::validation(
                "MetricValue and BreachThreshold can be specified only for policies of type StepScaling.",
            ));
        }
        Rule::Step { .. } if input.metric_value.is_none() || input.breach_threshold.is_none() => {
            return Err(Error::validation(
                "MetricValue and BreachThreshold must be specified for policies of type StepScaling.",
            ));
        }
        Rule::Tracking(_) => {
            return Err(Error::validation("Policies of type TargetTrackingScaling cannot be executed."));
        }
        Rule::Simple { .. } | Rule::Step { .. } => {}
    }
    if !policy.enabled {
        return Err(Error::validation(format!("The policy {} is disabled.", policy.name)));
    }
    let trigger = Trigger::User {
        metric: input.metric_value,
        threshold: input.breach_threshold,
        honors_cooldown: input.honor_cooldown == Some(true),
    };
    own.act(policy, trigger).await?;
    Ok(Unit)
}
