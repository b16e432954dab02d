//! RegisterInstancesWithLoadBalancer. One that is there already stays; one that drains is a new one again.

use std::sync::Arc;

use freehold_api::ec2;
use freehold_api::elb::{Instance, RegisterEndPointsInput, RegisterEndPointsOutput};
use freehold_wire::Call;
use jiff::Timestamp;

use super::{quotas, view};
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::Classic;
use crate::model::Target;

pub(super) async fn register_instances_with_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: RegisterEndPointsInput,
) -> Result<RegisterEndPointsOutput, freehold_wire::Error> {
    let ids = ids(input.instances)?;
    let (balancer, _) = elb.classic(call.account(), input.load_balancer_name)?;
    let (found, now) = (elb.instances(call.account(), &ids).await.map_err(Error::from)?, elb.now());
    let targets = ids.iter().map(|id| target(&balancer.vpc, id, &found, now)).collect::<Result<Vec<_>, _>>()?;
    let registered = elb.change_classic(call.account(), Some(balancer.name), move |_, classic| {
        add(classic, targets)?;
        Ok(view::instances(&classic.instances))
    });
    Ok(RegisterEndPointsOutput { instances: Some(registered.await?) })
}

/// The ids of a request: of instances that exist, in whatever state.
pub(super) fn ids(instances: Option<Vec<Instance>>) -> Result<Vec<String>, Error> {
    let ids: Vec<String> = instances.unwrap_or_default().into_iter().filter_map(|it| it.instance_id).collect();
    match ids.iter().find(|id| !freehold_core::ids::is_well_formed("i", id)) {
        Some(id) => Err(missing(id)),
        None => Ok(ids),
    }
}

pub(super) fn missing(id: &str) -> Error {
    Error::InvalidInstance(format!("Could not find EC2 instance {id}."))
}

fn target(vpc: &str, id: &str, found: &[ec2::Instance], now: Timestamp) -> Result<Target, Error> {
    let instance = found.iter().find(|it| it.instance_id.as_deref() == Some(id));
    let state = |it: &ec2::Instance| it.state.as_ref().and_then(|state| state.name.clone()).unwrap_or_default();
    let lives = |it: &&ec2::Instance| !matches!(state(it).as_str(), "terminated" | "shutting-down");
    let instance = instance.filter(lives).ok_or_else(|| missing(id))?;
    if instance.vpc_id.as_deref() != Some(vpc) {
        return Err(Error::InvalidInstance(format!("EC2 instance {id} is not in the same VPC as ELB.")));
    }
    let zone = instance.placement.as_ref().and_then(|placement| placement.availability_zone.clone());
    Ok(Target {
        id: id.to_owned(),
        port: 0,
        address: instance.private_ip_address.as_deref().and_then(|address| address.parse().ok()),
        zone: zone.unwrap_or_default(),
        zone_was_named: false,
        registered: now,
        draining_since: None,
    })
}

fn add(classic: &mut Classic, targets: Vec<Target>) -> Result<(), Error> {
    for target in targets {
        match classic.instances.iter_mut().find(|other| other.id == target.id) {
            Some(found) if found.is_draining() || found.address != target.address => *found = target,
            Some(_) => {}
            None => classic.instances.push(target),
        }
    }
    if classic.instances.len() > quotas::INSTANCES {
        return Err(Error::configuration(format!("A load balancer can have {} instances", quotas::INSTANCES)));
    }
    Ok(())
}
