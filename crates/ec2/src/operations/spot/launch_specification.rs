//! The launch specification of a Spot request. It says what RunInstances' parameters say, in types of its own.

use std::collections::HashMap;

use freehold_api::ec2 as api;

use crate::errors::{Error, Result};
use crate::launch;
use crate::model::{InterfaceParameters, LaunchParameters, RootDeviceParameters};

/// Reads one.
pub fn read(said: api::RequestSpotLaunchSpecification) -> Result<LaunchParameters> {
    if said.addressing_type.is_some() {
        return Err(Error::no_effect("LaunchSpecification.AddressingType"));
    }
    let placement = said.placement.map(|placement| api::Placement {
        availability_zone: placement.availability_zone,
        availability_zone_id: placement.availability_zone_id,
        group_name: placement.group_name,
        tenancy: placement.tenancy,
        ..Default::default()
    });
    launch::launch_parameters(&api::RunInstancesRequest {
        security_group_ids: said.security_group_ids,
        security_groups: said.security_groups,
        block_device_mappings: said.block_device_mappings,
        ebs_optimized: said.ebs_optimized,
        iam_instance_profile: said.iam_instance_profile,
        image_id: said.image_id,
        instance_type: said.instance_type,
        kernel_id: said.kernel_id,
        key_name: said.key_name,
        monitoring: said.monitoring,
        network_interfaces: said.network_interfaces,
        placement,
        ramdisk_id: said.ramdisk_id,
        subnet_id: said.subnet_id,
        user_data: said.user_data,
        ..Default::default()
    })
}

/// Shows what a request launches.
pub fn shown(said: &LaunchParameters, group_names: &HashMap<String, String>) -> api::LaunchSpecification {
    let by_id = said.group_ids.iter().map(|id| (Some(id.clone()), group_names.get(id).cloned()));
    let id_of = |name: &String| group_names.iter().find(|(_, known)| *known == name).map(|(id, _)| id.clone());
    let by_name = said.group_names.iter().map(|name| (id_of(name), Some(name.clone())));
    let groups = by_id.chain(by_name).map(|(group_id, group_name)| api::GroupIdentifier { group_id, group_name });
    let has_profile = said.iam_profile_arn.is_some() || said.iam_profile_name.is_some();
    api::LaunchSpecification {
        user_data: said.user_data.clone(),
        block_device_mappings: said.root.as_ref().map(|root| vec![mapping(root)]),
        ebs_optimized: said.ebs_optimized,
        iam_instance_profile: has_profile.then(|| api::IamInstanceProfileSpecification {
            arn: said.iam_profile_arn.clone(),
            name: said.iam_profile_name.clone(),
        }),
        image_id: said.image.clone(),
        instance_type: said.instance_type.clone().or_else(|| Some(launch::DEFAULT_TYPE.into())),
        key_name: said.key_name.clone(),
        network_interfaces: Some(said.interfaces.iter().map(interface).collect()),
        placement: said.placement.as_ref().map(|placement| api::SpotPlacement {
            availability_zone: placement.zone.clone(),
            tenancy: placement.tenancy.clone(),
            ..Default::default()
        }),
        subnet_id: said.subnet.clone(),
        security_groups: Some(groups.collect()),
        monitoring: Some(api::RunInstancesMonitoringEnabled {
            enabled: Some(said.monitoring.unwrap_or(false)),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn number(value: Option<u32>) -> Option<i32> {
    value.and_then(|value| i32::try_from(value).ok())
}

fn mapping(root: &RootDeviceParameters) -> api::BlockDeviceMapping {
    api::BlockDeviceMapping {
        device_name: Some(root.device.clone()),
        ebs: Some(api::EbsBlockDevice {
            delete_on_termination: root.delete_on_termination,
            iops: number(root.iops),
            volume_size: number(root.size_gib),
            volume_type: root.volume_type.clone(),
            throughput: number(root.throughput),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn interface(said: &InterfaceParameters) -> api::InstanceNetworkInterfaceSpecification {
    api::InstanceNetworkInterfaceSpecification {
        associate_public_ip_address: said.associate_public_ip,
        delete_on_termination: said.delete_on_termination,
        description: said.description.clone(),
        device_index: number(said.device_index),
        groups: Some(said.groups.clone()),
        network_interface_id: said.interface.clone(),
        private_ip_address: said.private_ip.map(|address| address.to_string()),
        secondary_private_ip_address_count: number(said.secondary_count),
        subnet_id: said.subnet.clone(),
        ..Default::default()
    }
}
