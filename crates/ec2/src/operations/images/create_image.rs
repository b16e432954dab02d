//! `CreateImage`: writes down that there should be an image of an instance's disk. The reconciler `ec2.images` makes
//! it, and shuts the instance down for as long as the copy takes unless `NoReboot` was said.

use std::sync::Arc;

use freehold_api::ec2::{BlockDeviceMapping, CreateImageRequest, CreateImageResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::image_request::{checked_name, checked_tags, refuse_known_name};
use super::image_view::VOLUME_TYPE;
use crate::errors::{Error, Result};
use crate::launch;
use crate::lookup::{self, Reader};
use crate::model::{Image, ImageState, Instance, InstanceState, Interruption};
use crate::operations::dry_run;
use crate::{Ec2, new_id};

pub async fn create_image(ec2: Arc<Ec2>, call: Call, input: CreateImageRequest) -> Result<CreateImageResult> {
    let id = input.instance_id.ok_or(Error::MissingParameter("InstanceId"))?;
    let name = checked_name(input.name)?;
    let (tags, snapshot_tags) = checked_tags(input.tag_specifications)?;
    if input.snapshot_location.as_deref().is_some_and(|place| place != "regional") {
        return Err(Error::no_effect("SnapshotLocation=local"));
    }
    if input.boot_mode_override.is_some() {
        return Err(Error::no_effect("BootModeOverride"));
    }
    let mappings = input.block_device_mappings.unwrap_or_default();
    let account = call.account().to_owned();
    let source = imageable(&mut ec2.committed(), &account, &id)?;
    let size_gib = root_size(&source, mappings)?;
    refuse_known_name(&mut ec2.committed(), &account, &name)?;
    dry_run(input.dry_run)?;

    let (image_id, snapshot, now) = (new_id("ami"), new_id("snap"), ec2.now());
    let description = input.description.unwrap_or_default();
    let no_reboot = input.no_reboot == Some(true);
    let image = ec2
        .store
        .transact(move |tx| {
            let source = imageable(tx, &account, &id)?;
            refuse_known_name(tx, &account, &name)?;
            let image = Image {
                id: image_id,
                owner_alias: None,
                name,
                description,
                state: ImageState::Pending,
                state_reason: None,
                architecture: source.architecture.clone(),
                created: now,
                root_device: source.root.name.clone(),
                size_gib,
                snapshot,
                machine_image: String::new(),
                public: false,
                launch_accounts: Vec::new(),
                source_instance: Some(source.id.clone()),
                source_image: None,
                imds_v2_required: is_v2_only(tx, &source)?,
                deprecation: None,
                deregistration_protection: false,
                tags,
                snapshot_tags,
                interruption: interruption(&source, no_reboot),
                account,
            };
            tx.put(&image)?;
            Ok::<_, Error>(image)
        })
        .await?;
    Ok(CreateImageResult { image_id: Some(image.id) })
}

/// The instance, if an image can be made of it now.
fn imageable(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<Instance> {
    let instance: Instance = lookup::one(from, account, id)?;
    if matches!(instance.state, InstanceState::Running | InstanceState::Stopped) {
        return Ok(instance);
    }
    Err(Error::IncorrectInstanceState(format!(
        "The instance '{id}' is not in the 'running' or 'stopped' state; it is '{}'.",
        instance.state.name()
    )))
}

fn interruption(source: &Instance, no_reboot: bool) -> Interruption {
    if no_reboot || source.state != InstanceState::Running { Interruption::None } else { Interruption::Wanted }
}

/// An image of an instance of an image that asks for version 2 of the metadata service asks for it too.
fn is_v2_only(from: &mut (impl Reader + ?Sized), source: &Instance) -> Result<bool> {
    Ok(from.read::<Image>(&source.image)?.is_some_and(|image| image.imds_v2_required))
}

/// In GiB, of the root volumes of the image's instances.
fn root_size(source: &Instance, mappings: Vec<BlockDeviceMapping>) -> Result<u32> {
    let Some(said) = launch::root_device(mappings)? else { return Ok(source.root.size_gib) };
    if said.device != source.root.name {
        return Err(Error::no_effect("BlockDeviceMappings (besides the root device)"));
    }
    if said.volume_type.is_some_and(|kind| kind != VOLUME_TYPE) || said.iops.is_some() || said.throughput.is_some() {
        return Err(Error::no_effect("BlockDeviceMappings.Ebs.VolumeType, Iops and Throughput of an image"));
    }
    let size = said.size_gib.unwrap_or(source.root.size_gib);
    if size < source.root.size_gib {
        return Err(Error::other(
            "InvalidBlockDeviceMapping",
            format!("Volume of size {size}GB is smaller than the instance's root volume of {}GB", source.root.size_gib),
        ));
    }
    Ok(size)
}
