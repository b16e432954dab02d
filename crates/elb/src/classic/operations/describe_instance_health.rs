//! DescribeInstanceHealth: what the balancer's node found out (*API reference, InstanceState*).

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::elb::{DescribeEndPointStateInput, DescribeEndPointStateOutput, InstanceState};
use freehold_balancer::status::{State, Status};
use freehold_wire::Call;

use super::register_instances_with_load_balancer::{ids, missing};
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::{Classic, drain_seconds, forget_drained, group_arn};
use crate::model::LoadBalancer;

pub(super) async fn describe_instance_health(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeEndPointStateInput,
) -> Result<DescribeEndPointStateOutput, freehold_wire::Error> {
    let asked = ids(input.instances)?;
    let (balancer, mut classic) = elb.classic(call.account(), input.load_balancer_name)?;
    forget_drained(&mut classic.instances, drain_seconds(&balancer), elb.now());
    let shown: Vec<String> = match asked.is_empty() {
        true => classic.instances.iter().map(|instance| instance.id.clone()).collect(),
        false => asked,
    };
    let found = elb.instances(call.account(), &shown).await.map_err(Error::from)?;
    let state = |instance: freehold_api::ec2::Instance| Some((instance.instance_id?, instance.state?.name?));
    let states: BTreeMap<String, String> = found.into_iter().filter_map(state).collect();
    let status = elb.nodes.status(&balancer.arn);
    let mut told = Vec::new();
    for id in shown {
        let is_registered = classic.instances.iter().any(|instance| instance.id == id);
        let state = states.get(&id).map(String::as_str);
        if state.is_none() && !is_registered {
            return Err(missing(&id).into());
        }
        told.push(health(&balancer, &classic, status.as_deref(), id, state));
    }
    Ok(DescribeEndPointStateOutput { instance_states: Some(told) })
}

fn told(id: String, is_well: bool, reason: &str, description: impl Into<String>) -> InstanceState {
    InstanceState {
        instance_id: Some(id),
        state: Some(if is_well { "InService" } else { "OutOfService" }.to_owned()),
        reason_code: Some(reason.to_owned()),
        description: Some(description.into()),
    }
}

/// `instance` is the state of the instance itself; `None`: it is gone.
fn health(
    balancer: &LoadBalancer,
    classic: &Classic,
    status: Option<&Status>,
    id: String,
    instance: Option<&str>,
) -> InstanceState {
    let Some(registered) = classic.instances.iter().find(|other| other.id == id) else {
        return told(id, false, "Instance", "Instance is not currently registered with the LoadBalancer.");
    };
    if registered.is_draining() {
        return told(id, true, "N/A", "Instance deregistration currently in progress.");
    }
    if instance != Some("running") {
        let why = format!("Instance is in {} state.", instance.unwrap_or("terminated"));
        return told(id, false, "Instance", why);
    }
    if balancer.zones.iter().all(|zone| zone.zone != registered.zone) {
        let why =
            "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.";
        return told(id, false, "ELB", why);
    }
    // All listeners' groups are checked alike: the first one's word is that of all.
    let group = classic.listeners.first().map(|listener| group_arn(balancer, listener.port));
    let targets = status.map(|status| status.targets.as_slice()).unwrap_or_default();
    let seen = targets.iter().find(|seen| Some(&seen.group) == group.as_ref() && seen.id == id);
    match seen.map(|seen| seen.state) {
        Some(State::Healthy) => told(id, true, "N/A", "N/A"),
        Some(State::Unhealthy) => {
            let why = "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.";
            told(id, false, "Instance", why)
        }
        _ => told(id, false, "ELB", "Instance registration is still in progress."),
    }
}

#[cfg(test)]
mod tests {
    use freehold_balancer::config::{Kind, Protocol};
    use freehold_balancer::status::TargetStatus;
    use jiff::Timestamp;

    use super::*;
    use crate::classic::model::Listener;
    use crate::model::{Target, testing};

    #[test]
    fn an_instance_is_in_service_when_the_node_says_so_and_it_runs() {
        let balancer = testing::balancer(Kind::Classic);
        let (protocol, port) = (Protocol::Tcp, 80);
        let listener = Listener {
            protocol,
            port,
            instance_protocol: protocol,
            instance_port: 80,
            certificate: None,
            policies: Vec::new(),
        };
        let mut classic = Classic::new(vec![listener]);
        classic.instances.push(Target {
            id: "i-1".into(),
            port: 0,
            address: None,
            zone: "us-east-1a".into(),
            zone_was_named: false,
            registered: Timestamp::UNIX_EPOCH,
            draining_since: None,
        });
        let status = |state| Status {
            targets: vec![TargetStatus {
                group: group_arn(&balancer, 80),
                id: "i-1".into(),
                port: 80,
                state,
                reason: String::new(),
                description: String::new(),
                active: 0,
            }],
            ..Status::default()
        };
        let of = |classic: &Classic, status: Option<Status>, instance| {
            let told = health(&balancer, classic, status.as_ref(), "i-1".into(), instance);
            (told.state.unwrap(), told.reason_code.unwrap())
        };
        let out = |reason: &str| ("OutOfService".to_owned(), reason.to_owned());
        assert_eq!(of(&classic, Some(status(State::Healthy)), Some("running")).0, "InService");
        assert_eq!(of(&classic, Some(status(State::Unhealthy)), Some("running")), out("Instance"));
        assert_eq!(of(&classic, Some(status(State::Healthy)), Some("stopped")), out("Instance"));
        assert_eq!(of(&classic, None, Some("running")), out("ELB"));
        classic.instances[0].zone = "us-east-1c".into();
        assert_eq!(of(&classic, Some(status(State::Unused)), Some("running")), out("ELB"));
    }
}
