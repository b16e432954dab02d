//! Target groups, and classic load balancers where a source is one.

use std::collections::HashMap;

use freehold_api::elbv2::{
    DeregisterTargetsInput, DescribeTargetGroupsInput, DescribeTargetHealthInput, RegisterTargetsInput,
    TargetDescription, op,
};
use freehold_wire::Error;

use super::World;
use crate::model::is_classic;

/// What a target group says of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetState {
    Healthy,
    Unhealthy,
    /// Connections that it has are let end.
    Draining,
    /// Not known yet, or not asked for.
    Other,
}

impl TargetState {
    fn parse(name: &str) -> Self {
        match name {
            "healthy" => Self::Healthy,
            "unhealthy" => Self::Unhealthy,
            "draining" | "unhealthy.draining" => Self::Draining,
            _ => Self::Other,
        }
    }
}

/// The target group, or the target, is gone.
fn is_gone(error: &Error) -> bool {
    matches!(&*error.code, "TargetGroupNotFound" | "InvalidTarget")
}

impl World {
    /// Fails if the target group does not exist, or takes no instances.
    pub async fn check_target_group(&self, account: &str, arn: &str) -> Result<(), Error> {
        if is_classic(arn) {
            return self.check_classic(account, arn).await;
        }
        let input = DescribeTargetGroupsInput { target_group_arns: Some(vec![arn.to_owned()]), ..Default::default() };
        let found = self.call::<op::DescribeTargetGroups>(account, input).await?.target_groups.unwrap_or_default();
        let takes_instances = found.first().is_some_and(|group| group.target_type.as_deref() == Some("instance"));
        if takes_instances {
            return Ok(());
        }
        Err(Error::sender("ValidationError", "The target group's target type must be instance."))
    }

    pub async fn register(&self, account: &str, arn: &str, instance: &str) -> Result<(), Error> {
        if is_classic(arn) {
            return self.register_classic(account, arn, instance).await;
        }
        let input = RegisterTargetsInput { target_group_arn: Some(arn.to_owned()), targets: targets(instance) };
        self.call::<op::RegisterTargets>(account, input).await.map(drop)
    }

    pub async fn deregister(&self, account: &str, arn: &str, instance: &str) -> Result<(), Error> {
        if is_classic(arn) {
            return self.deregister_classic(account, arn, instance).await;
        }
        let input = DeregisterTargetsInput { target_group_arn: Some(arn.to_owned()), targets: targets(instance) };
        match self.call::<op::DeregisterTargets>(account, input).await {
            Err(error) if is_gone(&error) => Ok(()),
            done => done.map(drop),
        }
    }

    /// What the target group says of its instances; a group that is gone has none.
    pub async fn health(&self, account: &str, arn: &str) -> Result<HashMap<String, TargetState>, Error> {
        if is_classic(arn) {
            return self.classic_health(account, arn).await;
        }
        let input = DescribeTargetHealthInput { target_group_arn: Some(arn.to_owned()), ..Default::default() };
        let found = match self.call::<op::DescribeTargetHealth>(account, input).await {
            Err(error) if is_gone(&error) => return Ok(HashMap::new()),
            found => found?.target_health_descriptions.unwrap_or_default(),
        };
        let states = found.into_iter().filter_map(|one| {
            let state = one.target_health.and_then(|health| health.state).unwrap_or_default();
            Some((one.target?.id?, TargetState::parse(&state)))
        });
        Ok(states.collect())
    }
}

fn targets(instance: &str) -> Option<Vec<TargetDescription>> {
    Some(vec![TargetDescription { id: Some(instance.to_owned()), ..Default::default() }])
}
