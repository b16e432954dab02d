//! How Dedicated Hosts are shown.

use freehold_api::ec2 as api;

use crate::hosts::Candidate;
use crate::model::{HostState, Instance};
use crate::view;

pub fn host(shown: Candidate, occupants: &[Instance]) -> api::Host {
    let number = |number: u32| i32::try_from(number).ok();
    let switch = |on| Some(if on { "on" } else { "off" }.to_owned());
    let capacity = shown.capacity().map(|(kind, total, free)| api::InstanceCapacity {
        available_capacity: number(free),
        instance_type: Some(kind.name.into()),
        total_capacity: number(total),
    });
    let is_there = shown.host.state == HostState::Available;
    let available_capacity = is_there.then(|| api::AvailableCapacity {
        available_instance_capacity: Some(capacity.collect()),
        available_v_cpus: number(shown.free_vcpus),
    });
    let on_it = occupants.iter().filter(|instance| instance.placement.host.as_ref() == Some(&shown.host.id));
    let instances = on_it.map(|instance| api::HostInstance {
        instance_id: Some(instance.id.clone()),
        instance_type: Some(instance.instance_type.clone()),
        owner_id: Some(instance.account.clone()),
    });
    let (host, shape) = (shown.host.clone(), shown.shape);
    api::Host {
        auto_placement: switch(host.auto_placement),
        availability_zone: Some(host.zone),
        availability_zone_id: Some(host.zone_id),
        available_capacity,
        client_token: host.client_token,
        host_id: Some(host.id),
        host_properties: Some(api::HostProperties {
            cores: number(shape.cores),
            instance_type: host.instance_type.clone(),
            instance_family: Some(host.family),
            sockets: number(shape.sockets),
            total_v_cpus: number(shape.vcpus),
        }),
        instances: Some(instances.collect()),
        state: Some(host.state.name().into()),
        allocation_time: Some(host.allocated),
        release_time: host.released,
        tags: view::tags(&host.tags),
        host_recovery: switch(false),
        host_maintenance: switch(false),
        allows_multiple_instance_types: switch(host.instance_type.is_none()),
        owner_id: Some(host.account),
        member_of_service_linked_resource_group: Some(false),
        ..Default::default()
    }
}
