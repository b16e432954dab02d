//! How images are shown.

use freehold_api::ec2 as api;

use crate::model::Image;
use crate::view;

/// The code of every failure here (*API reference, StateReason*).
pub const FAILED: &str = "Server.InternalError";

/// *EBS user guide*: what a root volume is unless a launch says otherwise.
pub const VOLUME_TYPE: &str = "gp3";

/// As `viewer` sees it: tags are its owner's own affair.
pub fn image(image: &Image, viewer: &str) -> api::Image {
    api::Image {
        image_id: Some(image.id.clone()),
        image_location: Some(location(image)),
        image_type: Some("machine".into()),
        image_owner_alias: image.owner_alias.clone(),
        owner_id: Some(image.account.clone()),
        name: Some(image.name.clone()),
        description: Some(image.description.clone()),
        state: Some(image.state.name().into()),
        state_reason: image
            .state_reason
            .as_ref()
            .map(|reason| api::StateReason { code: Some(FAILED.into()), message: Some(reason.clone()) }),
        architecture: Some(image.architecture.clone()),
        creation_date: Some(view::time(image.created)),
        public: Some(image.public),
        platform_details: Some("Linux/UNIX".into()),
        usage_operation: Some("RunInstances".into()),
        hypervisor: Some("xen".into()),
        virtualization_type: Some("hvm".into()),
        ena_support: Some(true),
        sriov_net_support: Some("simple".into()),
        root_device_name: Some(image.root_device.clone()),
        root_device_type: Some("ebs".into()),
        block_device_mappings: Some(block_devices(image)),
        boot_mode: Some("uefi-preferred".into()),
        imds_support: image.imds_v2_required.then(|| "v2.0".into()),
        source_instance_id: image.source_instance.clone(),
        source_image_id: image.source_image.as_ref().map(|(id, _)| id.clone()),
        source_image_region: image.source_image.as_ref().map(|(_, region)| region.clone()),
        deprecation_time: image.deprecation.map(view::time),
        deregistration_protection: Some(protection(image).into()),
        image_allowed: Some(true),
        tags: if image.account == viewer { view::tags(&image.tags) } else { None },
        ..Default::default()
    }
}

/// `owner/name`, where `owner` is the alias if there is one.
pub fn location(image: &Image) -> String {
    format!("{}/{}", image.owner_alias.as_ref().unwrap_or(&image.account), image.name)
}

pub fn protection(image: &Image) -> &'static str {
    if image.deregistration_protection { "enabled-without-cooldown" } else { "disabled" }
}

/// The root device: the only one.
pub fn block_devices(image: &Image) -> Vec<api::BlockDeviceMapping> {
    vec![api::BlockDeviceMapping {
        device_name: Some(image.root_device.clone()),
        ebs: Some(api::EbsBlockDevice {
            delete_on_termination: Some(true),
            snapshot_id: Some(image.snapshot.clone()),
            volume_size: i32::try_from(image.size_gib).ok(),
            volume_type: Some(VOLUME_TYPE.into()),
            encrypted: Some(false),
            ..Default::default()
        }),
        ..Default::default()
    }]
}
