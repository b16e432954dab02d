//! Block device mappings. Only the root device exists; everything said of another is refused.

use freehold_api::ec2::BlockDeviceMapping;

use crate::errors::{Error, Result};
use crate::model::{Image, RootDeviceParameters};

/// What is said of the one device; whether it is the root device shows when the image is known.
pub fn root_device(mappings: Vec<BlockDeviceMapping>) -> Result<Option<RootDeviceParameters>> {
    let mut mappings = mappings.into_iter();
    let Some(mapping) = mappings.next() else { return Ok(None) };
    if mappings.next().is_some() {
        return Err(Error::no_effect("BlockDeviceMappings (besides the root device)"));
    }
    let device = mapping.device_name.ok_or(Error::MissingParameter("deviceName"))?;
    if mapping.virtual_name.is_some() || mapping.no_device.is_some() {
        return Err(Error::no_effect("BlockDeviceMappings.VirtualName and NoDevice"));
    }
    let ebs = mapping.ebs.unwrap_or_default();
    let asked = [
        ("Ebs.Encrypted", ebs.encrypted == Some(true)),
        ("Ebs.KmsKeyId", ebs.kms_key_id.is_some()),
        ("Ebs.SnapshotId", ebs.snapshot_id.is_some()),
        ("Ebs.OutpostArn", ebs.outpost_arn.is_some()),
        ("Ebs.AvailabilityZone", ebs.availability_zone.is_some() || ebs.availability_zone_id.is_some()),
        ("Ebs.VolumeInitializationRate", ebs.volume_initialization_rate.is_some()),
        ("Ebs.EbsCardIndex", ebs.ebs_card_index.unwrap_or(0) != 0),
        // The disk is a part of the machine and goes with it.
        ("Ebs.DeleteOnTermination=false", ebs.delete_on_termination == Some(false)),
    ];
    if let Some((name, _)) = asked.iter().find(|(_, said)| *said) {
        return Err(Error::no_effect(name));
    }
    let number = |name: &'static str, value: Option<i32>| {
        value
            .map(|n| {
                u32::try_from(n)
                    .ok()
                    .filter(|n| *n > 0)
                    .ok_or_else(|| Error::invalid_value(name, n, "It must be positive."))
            })
            .transpose()
    };
    Ok(Some(RootDeviceParameters {
        device,
        size_gib: number("volumeSize", ebs.volume_size)?,
        volume_type: ebs.volume_type.map(volume_type).transpose()?,
        iops: number("iops", ebs.iops)?,
        throughput: number("throughput", ebs.throughput)?,
        delete_on_termination: ebs.delete_on_termination,
    }))
}

fn volume_type(name: String) -> Result<String> {
    match name.as_str() {
        "gp2" | "gp3" | "io1" | "io2" | "standard" => Ok(name),
        "st1" | "sc1" => {
            Err(Error::InvalidParameterValue(format!("Volume type {name} is not supported for a root volume")))
        }
        _ => Err(Error::InvalidParameterValue(format!("Invalid volume type: {name}"))),
    }
}

/// The root volume of instances of `image`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootVolume {
    pub device: String,
    pub size_gib: u32,
    pub volume_type: String,
    pub iops: Option<u32>,
    pub throughput: Option<u32>,
}

/// *EBS user guide, Amazon EBS volume types*.
const MAX_SIZE_GIB: u32 = 16_384;

pub fn root_volume(said: Option<&RootDeviceParameters>, image: &Image) -> Result<RootVolume> {
    let default = RootDeviceParameters { device: image.root_device.clone(), ..Default::default() };
    let said = said.unwrap_or(&default);
    if said.device != image.root_device {
        return Err(Error::UnsupportedOperation(format!(
            "Block devices besides the root device ({}) are not supported by Freehold; {} was asked for.",
            image.root_device, said.device
        )));
    }
    let size_gib = said.size_gib.unwrap_or(image.size_gib);
    if size_gib < image.size_gib {
        return Err(Error::other(
            "InvalidBlockDeviceMapping",
            format!(
                "Volume of size {size_gib}GB is smaller than snapshot '{}', expect size >= {}GB",
                image.snapshot, image.size_gib
            ),
        ));
    }
    if size_gib > MAX_SIZE_GIB {
        return Err(Error::InvalidParameterValue(format!(
            "Volume of {size_gib}GiB exceeds the maximum of {MAX_SIZE_GIB}GiB"
        )));
    }
    let volume_type = said.volume_type.clone().unwrap_or_else(|| "gp3".into());
    let iops = match volume_type.as_str() {
        "gp3" => Some(said.iops.unwrap_or(3000)),
        "gp2" => Some((size_gib * 3).clamp(100, 16_000)),
        "io1" | "io2" => Some(said.iops.ok_or(Error::MissingParameter("iops"))?),
        _ => None,
    };
    let throughput = (volume_type == "gp3").then(|| said.throughput.unwrap_or(125));
    if said.iops.is_some() && matches!(volume_type.as_str(), "gp2" | "standard") {
        return Err(Error::InvalidParameterCombination(format!(
            "The parameter iops is not supported for {volume_type} volumes."
        )));
    }
    if said.throughput.is_some() && throughput.is_none() {
        return Err(Error::InvalidParameterCombination(format!(
            "The parameter throughput is not supported for {volume_type} volumes."
        )));
    }
    Ok(RootVolume { device: said.device.clone(), size_gib, volume_type, iops, throughput })
}
