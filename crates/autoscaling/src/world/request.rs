//! What EC2 is asked for when an instance of a group is launched.

use freehold_api::ec2::{
    BlockDeviceMapping, EbsBlockDevice, IamInstanceProfileSpecification, InstanceMarketOptionsRequest,
    InstanceMetadataOptionsRequest, InstanceNetworkInterfaceSpecification,
    LaunchTemplateInstanceNetworkInterfaceSpecification, LaunchTemplateSpecification, Placement,
    RunInstancesMonitoringEnabled, RunInstancesRequest, SpotMarketOptions, Tag, TagSpecification,
};

use super::Version;
use super::instances::mark;
use crate::model::{Device, Group, LaunchConfiguration, LaunchSource, Market, Resolved};

/// Where and how one instance is launched.
pub(crate) struct Place<'a> {
    pub zone: &'a str,
    pub subnet: Option<&'a str>,
    pub market: Market,
    pub token: &'a str,
}

/// The request for one instance. `version` is the template's version that `launch` names, `configuration` the
/// configuration.
pub(crate) fn launch_request(
    group: &Group,
    place: &Place<'_>,
    launch: &Resolved,
    version: Option<&Version>,
    configuration: Option<&LaunchConfiguration>,
) -> RunInstancesRequest {
    let mut request = match configuration {
        Some(configuration) => of_configuration(configuration),
        None => RunInstancesRequest::default(),
    };
    if let Resolved::Template { template, number, instance_type, image } = launch {
        request.launch_template = Some(LaunchTemplateSpecification {
            launch_template_id: Some(template.id.clone()),
            launch_template_name: None,
            version: Some(number.clone()),
        });
        request.instance_type.clone_from(instance_type);
        request.image_id.clone_from(image);
        request.network_interfaces = version.and_then(|version| interfaces(version, place.subnet));
    }
    put(&mut request, place);
    // A configuration with a price launches Spot instances and nothing else; a template may ask for them itself.
    let price = configuration.and_then(|configuration| configuration.spot_price.clone());
    let mixed = match group.launches_from() {
        LaunchSource::Mixed(policy) if place.market == Market::Spot => Some(policy.spot_max_price.clone()),
        _ => None,
    };
    if let Some(max_price) = price.map(Some).or(mixed) {
        request.instance_market_options = Some(InstanceMarketOptionsRequest {
            market_type: Some("spot".to_owned()),
            spot_options: Some(SpotMarketOptions { max_price, ..Default::default() }),
        });
    }
    request.tag_specifications =
        Some(vec![TagSpecification { resource_type: Some("instance".to_owned()), tags: Some(tags(group, launch)) }]);
    RunInstancesRequest {
        min_count: Some(1),
        max_count: Some(1),
        client_token: Some(place.token.to_owned()),
        ..request
    }
}

/// Interfaces that are listed bring their own subnet; else the instance has one.
fn put(request: &mut RunInstancesRequest, place: &Place<'_>) {
    match (place.subnet, &mut request.network_interfaces) {
        (Some(subnet), Some(interfaces)) => {
            interfaces.iter_mut().for_each(|one| one.subnet_id = Some(subnet.to_owned()));
        }
        (Some(subnet), None) => request.subnet_id = Some(subnet.to_owned()),
        (None, _) => {
            let placement = request.placement.take().unwrap_or_default();
            request.placement = Some(Placement { availability_zone: Some(place.zone.to_owned()), ..placement });
        }
    }
}

/// The template's own interfaces, to be put into the group's subnet.
fn interfaces(version: &Version, subnet: Option<&str>) -> Option<Vec<InstanceNetworkInterfaceSpecification>> {
    let listed = version.data.network_interfaces.as_ref().filter(|listed| !listed.is_empty() && subnet.is_some())?;
    Some(listed.iter().map(interface).collect())
}

fn interface(said: &LaunchTemplateInstanceNetworkInterfaceSpecification) -> InstanceNetworkInterfaceSpecification {
    InstanceNetworkInterfaceSpecification {
        associate_public_ip_address: said.associate_public_ip_address,
        delete_on_termination: said.delete_on_termination,
        description: said.description.clone(),
        device_index: said.device_index,
        groups: said.groups.clone(),
        secondary_private_ip_address_count: said.secondary_private_ip_address_count,
        ..Default::default()
    }
}

fn tags(group: &Group, launch: &Resolved) -> Vec<Tag> {
    let tag = |key: &str, value: &str| Tag { key: Some(key.to_owned()), value: Some(value.to_owned()) };
    let propagated = group.tags.iter().filter(|(_, its)| its.propagate).map(|(key, its)| tag(key, &its.value));
    let mut tags: Vec<Tag> = propagated.collect();
    tags.push(mark(&group.name));
    if let Resolved::Template { template, number, .. } = launch {
        tags.push(tag("aws:ec2launchtemplate:id", &template.id));
        tags.push(tag("aws:ec2launchtemplate:version", number));
    }
    tags
}

fn of_configuration(configuration: &LaunchConfiguration) -> RunInstancesRequest {
    let (ids, names): (Vec<String>, Vec<String>) =
        configuration.security_groups.iter().cloned().partition(|group| group.starts_with("sg-"));
    let profile = configuration.iam_profile.as_ref().map(|profile| {
        let is_arn = profile.starts_with("arn:");
        IamInstanceProfileSpecification {
            arn: is_arn.then(|| profile.clone()),
            name: (!is_arn).then(|| profile.clone()),
        }
    });
    let public = configuration.associate_public_ip.map(|public| {
        vec![InstanceNetworkInterfaceSpecification {
            device_index: Some(0),
            associate_public_ip_address: Some(public),
            delete_on_termination: Some(true),
            groups: some(ids.clone()),
            ..Default::default()
        }]
    });
    let metadata = (configuration.http_tokens.is_some()
        || configuration.http_hop_limit.is_some()
        || configuration.http_endpoint.is_some())
    .then(|| InstanceMetadataOptionsRequest {
        http_tokens: configuration.http_tokens.clone(),
        http_put_response_hop_limit: configuration.http_hop_limit,
        http_endpoint: configuration.http_endpoint.clone(),
        ..Default::default()
    });
    RunInstancesRequest {
        image_id: Some(configuration.image.clone()),
        instance_type: Some(configuration.instance_type.clone()),
        key_name: configuration.key_name.clone(),
        security_group_ids: if public.is_some() { None } else { some(ids) },
        security_groups: some(names),
        user_data: configuration.user_data.clone(),
        block_device_mappings: some(configuration.devices.iter().map(device).collect()),
        monitoring: Some(RunInstancesMonitoringEnabled {
            enabled: Some(configuration.monitoring),
            ..Default::default()
        }),
        iam_instance_profile: profile,
        ebs_optimized: Some(configuration.ebs_optimized),
        network_interfaces: public,
        metadata_options: metadata,
        ..Default::default()
    }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn device(device: &Device) -> BlockDeviceMapping {
    BlockDeviceMapping {
        device_name: Some(device.name.clone()),
        ebs: Some(EbsBlockDevice {
            snapshot_id: device.snapshot.clone(),
            volume_size: device.size_gib,
            volume_type: device.volume_type.clone(),
            iops: device.iops,
            throughput: device.throughput,
            delete_on_termination: device.delete_on_termination,
            encrypted: device.encrypted,
            ..Default::default()
        }),
        ..Default::default()
    }
}
