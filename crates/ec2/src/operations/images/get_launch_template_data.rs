//! `GetLaunchTemplateData`: what a template would have to say to launch another such instance.

use std::sync::Arc;

use freehold_api::ec2::{GetLaunchTemplateDataRequest, GetLaunchTemplateDataResult};
use freehold_core::tags::is_reserved;
use freehold_wire::Call;

use super::template_data_view;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, by_index};
use crate::model::{
    Instance, InterfaceParameters, LaunchParameters, MetadataParameters, NetworkInterface, PlacementParameters,
    ReservationWish, RootDeviceParameters, Tags, Tenancy, Volume,
};
use crate::operations::dry_run;

pub async fn get_launch_template_data(
    ec2: Arc<Ec2>,
    call: Call,
    input: GetLaunchTemplateDataRequest,
) -> Result<GetLaunchTemplateDataResult> {
    let id = input.instance_id.ok_or(Error::MissingParameter("InstanceId"))?;
    let mut from = ec2.committed();
    let instance: Instance = lookup::one(&mut from, call.account(), &id)?;
    let mut interfaces: Vec<NetworkInterface> = by_index(&mut from, 2, &instance.id)?;
    let volume: Option<Volume> = lookup::Reader::read(&mut from, &instance.root.volume)?;
    dry_run(input.dry_run)?;

    interfaces.sort_by_key(|interface| interface.attachment.as_ref().map(|attachment| attachment.device_index));
    let interfaces = interfaces.iter().map(interface).collect();
    let said = parameters(instance, interfaces, volume);
    Ok(GetLaunchTemplateDataResult { launch_template_data: Some(template_data_view::template_data(&said)) })
}

fn parameters(instance: Instance, interfaces: Vec<InterfaceParameters>, volume: Option<Volume>) -> LaunchParameters {
    let volume_type = volume.as_ref().map(|volume| volume.volume_type.clone());
    // gp2 derives its operations from its size and does not take them.
    let iops = volume.as_ref().filter(|volume| volume.volume_type != "gp2").and_then(|volume| volume.iops);
    let own = instance.tags.0.into_iter().filter(|(key, _)| !is_reserved(key)).collect();
    let tags = Tags(own);
    LaunchParameters {
        image: Some(instance.image),
        instance_type: Some(instance.instance_type),
        key_name: instance.key_name,
        user_data: instance.user_data,
        interfaces,
        root: Some(RootDeviceParameters {
            device: instance.root.name,
            size_gib: Some(instance.root.size_gib),
            volume_type,
            iops,
            throughput: volume.and_then(|volume| volume.throughput),
            delete_on_termination: Some(instance.root.delete_on_termination),
        }),
        placement: Some(PlacementParameters {
            zone: Some(instance.placement.zone),
            affinity: (instance.placement.tenancy == Tenancy::Host).then_some(instance.placement.affinity),
            tenancy: Some(instance.placement.tenancy.name().into()),
            host: instance.placement.host,
        }),
        reservation: Some(instance.reservation_terms.wish).filter(|wish| *wish != ReservationWish::Open),
        metadata: Some(MetadataParameters {
            endpoint_enabled: Some(instance.metadata.endpoint_enabled),
            tokens_required: Some(instance.metadata.tokens_required),
            hop_limit: Some(instance.metadata.hop_limit),
            tags_enabled: Some(instance.metadata.tags_enabled),
        }),
        shutdown_behavior: Some(instance.shutdown_behavior),
        disable_api_termination: Some(instance.disable_api_termination),
        disable_api_stop: Some(instance.disable_api_stop),
        monitoring: Some(instance.monitoring),
        ebs_optimized: Some(instance.ebs_optimized),
        cpu_credits: instance.cpu_credits,
        iam_profile_arn: instance.iam_profile.map(|profile| profile.arn),
        tags: if tags.is_empty() { Vec::new() } else { vec![("instance".into(), tags)] },
        ..Default::default()
    }
}

/// Its place and rules, without addresses: those are this instance's own.
fn interface(interface: &NetworkInterface) -> InterfaceParameters {
    let attachment = interface.attachment.as_ref();
    InterfaceParameters {
        device_index: attachment.map(|attachment| attachment.device_index),
        subnet: Some(interface.subnet.clone()),
        groups: interface.groups.clone(),
        associate_public_ip: Some(interface.public_at_start),
        delete_on_termination: attachment.map(|attachment| attachment.delete_on_termination),
        description: Some(interface.description.clone()),
        ..Default::default()
    }
}
