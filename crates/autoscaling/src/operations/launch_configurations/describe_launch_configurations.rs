//! `DescribeLaunchConfigurations`.

use std::sync::Arc;

use freehold_api::autoscaling as api;
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::Result;
use crate::model::{Device, LaunchConfiguration};
use crate::operations::pages;

pub(super) async fn describe_launch_configurations(
    own: Arc<AutoScaling>,
    call: Call,
    input: api::LaunchConfigurationNamesType,
) -> Result<api::LaunchConfigurationsType> {
    let names = input.launch_configuration_names.filter(|names| !names.is_empty());
    let mut found = own.store.list::<LaunchConfiguration>(&Filter::account(call.account()))?;
    found.retain(|one| names.as_ref().is_none_or(|names| names.contains(&one.name)));
    let token = input.next_token.as_deref();
    let (found, next_token) = pages::page(&call, found, input.max_records, pages::MOST, token, |one| &one.id)?;
    let shown = found.into_iter().map(show).collect();
    Ok(api::LaunchConfigurationsType { launch_configurations: Some(shown), next_token })
}

/// What was not said is shown empty, as AWS shows it.
fn show(one: LaunchConfiguration) -> api::LaunchConfiguration {
    let has_metadata = one.http_tokens.is_some() || one.http_hop_limit.is_some() || one.http_endpoint.is_some();
    api::LaunchConfiguration {
        launch_configuration_name: Some(one.name),
        launch_configuration_arn: Some(one.arn),
        image_id: Some(one.image),
        key_name: Some(one.key_name.unwrap_or_default()),
        security_groups: Some(one.security_groups),
        classic_link_vpc_security_groups: Some(Vec::new()),
        user_data: Some(one.user_data.unwrap_or_default()),
        instance_type: Some(one.instance_type),
        kernel_id: Some(String::new()),
        ramdisk_id: Some(String::new()),
        block_device_mappings: Some(one.devices.into_iter().map(device).collect()),
        instance_monitoring: Some(api::InstanceMonitoring { enabled: Some(one.monitoring) }),
        iam_instance_profile: one.iam_profile,
        created_time: Some(one.created),
        ebs_optimized: Some(one.ebs_optimized),
        associate_public_ip_address: one.associate_public_ip,
        spot_price: one.spot_price,
        placement_tenancy: one.tenancy,
        metadata_options: has_metadata.then_some(api::InstanceMetadataOptions {
            http_tokens: one.http_tokens,
            http_put_response_hop_limit: one.http_hop_limit,
            http_endpoint: one.http_endpoint,
        }),
        ..Default::default()
    }
}

fn device(device: Device) -> api::BlockDeviceMapping {
    api::BlockDeviceMapping {
        device_name: Some(device.name),
        ebs: Some(api::Ebs {
            snapshot_id: device.snapshot,
            volume_size: device.size_gib,
            volume_type: device.volume_type,
            delete_on_termination: device.delete_on_termination,
            iops: device.iops,
            encrypted: device.encrypted,
            throughput: device.throughput,
        }),
        ..Default::default()
    }
}
