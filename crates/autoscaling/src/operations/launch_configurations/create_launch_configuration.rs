//! `CreateLaunchConfiguration`.

use std::sync::Arc;

use freehold_api::autoscaling::{BlockDeviceMapping, CreateLaunchConfigurationType};
use freehold_core::Arn;
use freehold_core::ids::uuid;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::CONFIGURATIONS_AT_MOST;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Device, LaunchConfiguration};
use crate::operations::check;

pub(super) async fn create_launch_configuration(
    own: Arc<AutoScaling>,
    call: Call,
    input: CreateLaunchConfigurationType,
) -> Result<Unit> {
    let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    check::refuse(&[
        ("InstanceId", input.instance_id.is_some()),
        ("KernelId", filled(&input.kernel_id)),
        ("RamdiskId", filled(&input.ramdisk_id)),
        ("ClassicLinkVPCId", filled(&input.classic_link_vpc_id)),
        ("ClassicLinkVPCSecurityGroups", input.classic_link_vpc_security_groups.is_some_and(|all| !all.is_empty())),
        ("PlacementTenancy", input.placement_tenancy.as_deref().is_some_and(|said| said != "default")),
    ])?;
    let name = check::required("LaunchConfigurationName", input.launch_configuration_name)?;
    let missing = |what: &str| {
        Error::validation(format!(
            "Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters. {what} is missing."
        ))
    };
    let account = call.account();
    let resource = format!("launchConfiguration:{}:launchConfigurationName/{name}", uuid());
    let metadata = input.metadata_options.unwrap_or_default();
    let made = LaunchConfiguration {
        id: LaunchConfiguration::id(account, &name),
        account: account.to_owned(),
        arn: Arn::new("autoscaling", &own.region, account, resource).to_string(),
        created: own.now(),
        image: input.image_id.filter(|id| !id.is_empty()).ok_or_else(|| missing("ImageId"))?,
        instance_type: input.instance_type.filter(|kind| !kind.is_empty()).ok_or_else(|| missing("InstanceType"))?,
        key_name: input.key_name.filter(|key| !key.is_empty()),
        security_groups: input.security_groups.unwrap_or_default(),
        user_data: input.user_data.filter(|data| !data.is_empty()),
        devices: input.block_device_mappings.unwrap_or_default().into_iter().map(device).collect::<Result<_>>()?,
        monitoring: input.instance_monitoring.and_then(|monitoring| monitoring.enabled).unwrap_or(true),
        iam_profile: input.iam_instance_profile.filter(|profile| !profile.is_empty()),
        ebs_optimized: input.ebs_optimized.unwrap_or(false),
        associate_public_ip: input.associate_public_ip_address,
        tenancy: input.placement_tenancy,
        http_tokens: metadata.http_tokens,
        http_hop_limit: metadata.http_put_response_hop_limit,
        http_endpoint: metadata.http_endpoint,
        spot_price: input.spot_price.filter(|price| !price.is_empty()).map(spot_price).transpose()?,
        name,
    };
    own.store
        .transact(move |tx| {
            if tx.get::<LaunchConfiguration>(&made.id)?.is_some() {
                return Err(Error::AlreadyExists(format!(
                    "Launch Configuration by this name already exists - A launch configuration already exists with the \
                     name {}",
                    made.name
                )));
            }
            if tx.list::<LaunchConfiguration>(&Filter::account(&made.account))?.len() >= CONFIGURATIONS_AT_MOST {
                return Err(Error::LimitExceeded(format!(
                    "You have exceeded the limit of {CONFIGURATIONS_AT_MOST} launch configurations."
                )));
            }
            Ok(tx.put(&made)?)
        })
        .await?;
    Ok(Unit)
}

/// Dollars an hour. Whether it is enough is known when an instance is launched.
fn spot_price(said: String) -> Result<String> {
    let is_price = said.parse::<f64>().is_ok_and(|price| price.is_finite() && price > 0.0);
    if is_price { Ok(said) } else { Err(Error::validation(format!("Invalid spot price: {said}"))) }
}

fn device(said: BlockDeviceMapping) -> Result<Device> {
    check::refuse(&[
        ("BlockDeviceMappings.VirtualName", said.virtual_name.is_some()),
        ("BlockDeviceMappings.NoDevice", said.no_device == Some(true)),
    ])?;
    let ebs = said.ebs.unwrap_or_default();
    Ok(Device {
        name: check::required("BlockDeviceMappings.DeviceName", said.device_name)?,
        snapshot: ebs.snapshot_id,
        size_gib: ebs.volume_size,
        volume_type: ebs.volume_type,
        iops: ebs.iops,
        throughput: ebs.throughput,
        delete_on_termination: ebs.delete_on_termination,
        encrypted: ebs.encrypted,
    })
}
