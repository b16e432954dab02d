//! `DescribeImageAttribute`: one attribute a call, and only to the owner.

use std::sync::Arc;

use freehold_api::ec2::{AttributeValue, DescribeImageAttributeRequest, ImageAttribute, LaunchPermission};
use freehold_wire::Call;

use super::image_view;
use super::owned_image::owned;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::Image;
use crate::operations::dry_run;

pub async fn describe_image_attribute(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeImageAttributeRequest,
) -> Result<ImageAttribute> {
    let attribute = input.attribute.ok_or(Error::MissingParameter("Attribute"))?;
    let image = owned(&ec2, &mut ec2.committed(), call.account(), input.image_id.as_deref())?;
    let shown = shown(&image, &attribute)?;
    dry_run(input.dry_run)?;
    Ok(ImageAttribute { image_id: Some(image.id), ..shown })
}

fn shown(image: &Image, attribute: &str) -> Result<ImageAttribute> {
    let value = |value: &str| Some(AttributeValue { value: Some(value.to_owned()) });
    // Present without a value.
    let empty = || Some(AttributeValue::default());
    let mut shown = ImageAttribute::default();
    match attribute {
        "description" => shown.description = value(&image.description),
        "launchPermission" => shown.launch_permissions = Some(permissions(image)),
        "blockDeviceMapping" => shown.block_device_mappings = Some(image_view::block_devices(image)),
        "productCodes" => shown.product_codes = Some(Vec::new()),
        "sriovNetSupport" => shown.sriov_net_support = value("simple"),
        "bootMode" => shown.boot_mode = value("uefi-preferred"),
        "deregistrationProtection" => shown.deregistration_protection = value(image_view::protection(image)),
        "imdsSupport" => shown.imds_support = if image.imds_v2_required { value("v2.0") } else { empty() },
        "kernel" => shown.kernel_id = empty(),
        "ramdisk" => shown.ramdisk_id = empty(),
        "tpmSupport" => shown.tpm_support = empty(),
        "uefiData" => shown.uefi_data = empty(),
        "lastLaunchedTime" => shown.last_launched_time = empty(),
        other => return Err(Error::invalid_value("attribute", other, "Unknown attribute.")),
    }
    Ok(shown)
}

fn permissions(image: &Image) -> Vec<LaunchPermission> {
    let everyone = LaunchPermission { group: Some("all".into()), ..Default::default() };
    let account = |account: &String| LaunchPermission { user_id: Some(account.clone()), ..Default::default() };
    let everyone = image.public.then_some(everyone);
    everyone.into_iter().chain(image.launch_accounts.iter().map(account)).collect()
}
