//! Classic load balancers.

use std::collections::HashMap;

use freehold_api::elb::{
    DeregisterEndPointsInput, DescribeAccessPointsInput, DescribeEndPointStateInput, Instance, RegisterEndPointsInput,
    op,
};
use freehold_wire::Error;

use super::World;
use super::traffic::TargetState;

/// The balancer, or the instance in it, is gone.
fn is_gone(error: &Error) -> bool {
    matches!(&*error.code, "LoadBalancerNotFound" | "InvalidInstance")
}

fn one(instance: &str) -> Option<Vec<Instance>> {
    Some(vec![Instance { instance_id: Some(instance.to_owned()) }])
}

impl World {
    /// Fails if there is no balancer of the name.
    pub(super) async fn check_classic(&self, account: &str, name: &str) -> Result<(), Error> {
        let input =
            DescribeAccessPointsInput { load_balancer_names: Some(vec![name.to_owned()]), ..Default::default() };
        self.call::<op::DescribeLoadBalancers>(account, input).await.map(drop)
    }

    pub(super) async fn register_classic(&self, account: &str, name: &str, instance: &str) -> Result<(), Error> {
        let input = RegisterEndPointsInput { load_balancer_name: Some(name.to_owned()), instances: one(instance) };
        self.call::<op::RegisterInstancesWithLoadBalancer>(account, input).await.map(drop)
    }

    pub(super) async fn deregister_classic(&self, account: &str, name: &str, instance: &str) -> Result<(), Error> {
        let input = DeregisterEndPointsInput { load_balancer_name: Some(name.to_owned()), instances: one(instance) };
        match self.call::<op::DeregisterInstancesFromLoadBalancer>(account, input).await {
            Err(error) if is_gone(&error) => Ok(()),
            done => done.map(drop),
        }
    }

    /// What the balancer says of its instances; one that is gone has none.
    pub(super) async fn classic_health(
        &self,
        account: &str,
        name: &str,
    ) -> Result<HashMap<String, TargetState>, Error> {
        let input = DescribeEndPointStateInput { load_balancer_name: Some(name.to_owned()), instances: None };
        let found = match self.call::<op::DescribeInstanceHealth>(account, input).await {
            Err(error) if is_gone(&error) => return Ok(HashMap::new()),
            found => found?.instance_states.unwrap_or_default(),
        };
        let state = |one: freehold_api::elb::InstanceState| {
            let drains = one.description.is_some_and(|why| why.starts_with("Instance deregistration"));
            let state = match (one.state.as_deref(), one.reason_code.as_deref()) {
                _ if drains => TargetState::Draining,
                (Some("InService"), _) => TargetState::Healthy,
                (Some("OutOfService"), Some("Instance")) => TargetState::Unhealthy,
                // Reasons of the balancer's own: it has not looked at the instance yet.
                _ => TargetState::Other,
            };
            Some((one.instance_id?, state))
        };
        Ok(found.into_iter().filter_map(state).collect())
    }
}
