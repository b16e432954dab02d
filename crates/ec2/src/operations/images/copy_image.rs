//! `CopyImage`: another image, with an id and owner of its own, of the same content. Both name the same content in the
//! host's store, so that a copy is complete at once.

use std::sync::Arc;

use freehold_api::ec2::{CopyImageRequest, CopyImageResult};
use freehold_core::tags::is_reserved;
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::image_request::{checked_name, checked_tags, refuse_known_name};
use super::template_write::{Once, fingerprint};
use crate::errors::{Error, Result};
use crate::lookup::Reader;
use crate::model::{Image, ImageState, Interruption, Tags};
use crate::operations::dry_run;
use crate::{Ec2, images, new_id, tagging};

pub async fn copy_image(ec2: Arc<Ec2>, call: Call, input: CopyImageRequest) -> Result<CopyImageResult> {
    let once = Once {
        account: call.account().to_owned(),
        operation: "ec2.CopyImage",
        token: input.client_token.clone(),
        fingerprint: fingerprint(&CopyImageRequest { client_token: None, dry_run: None, ..input.clone() }),
        now: ec2.now(),
    };
    refuse_what_has_no_effect(&input)?;
    let source = input.source_image_id.ok_or(Error::MissingParameter("SourceImageId"))?;
    let region = input.source_region.ok_or(Error::MissingParameter("SourceRegion"))?;
    if region != ec2.region.name {
        return Err(Error::invalid_value("sourceRegion", region, "There is no other region to copy from."));
    }
    let name = checked_name(input.name)?;
    let (tags, snapshot_tags) = checked_tags(input.tag_specifications)?;
    let copy = Copy {
        source,
        region,
        name,
        description: input.description,
        copy_tags: input.copy_image_tags == Some(true),
        tags,
        snapshot_tags,
        id: new_id("ami"),
        snapshot: new_id("snap"),
    };
    let (writer, dry) = (Arc::clone(&ec2), input.dry_run);
    let id: String = ec2
        .store
        .transact(move |tx| {
            once.run(tx, |tx| {
                let image = copy.image(&writer, tx, &once)?;
                dry_run(dry)?;
                tx.put(&image)?;
                Ok(image.id)
            })
        })
        .await?;
    Ok(CopyImageResult { image_id: Some(id) })
}

struct Copy {
    source: String,
    region: String,
    name: String,
    description: Option<String>,
    copy_tags: bool,
    tags: Tags,
    snapshot_tags: Tags,
    id: String,
    snapshot: String,
}

impl Copy {
    fn image(self, ec2: &Ec2, tx: &mut dyn Tx, once: &Once) -> Result<Image> {
        let source = find_source(ec2, tx, &once.account, &self.source)?;
        refuse_known_name(tx, &once.account, &self.name)?;
        let mut tags = self.tags;
        // Only one's own tags are copied, and what is said wins (*API reference, CopyImage: CopyImageTags*).
        if self.copy_tags && source.account == once.account {
            let own = source.tags.0.into_iter().filter(|(key, _)| !is_reserved(key));
            for (key, value) in own {
                tags.0.entry(key).or_insert(value);
            }
            tagging::check_count(&tags)?;
        }
        Ok(Image {
            id: self.id,
            account: once.account.clone(),
            owner_alias: None,
            name: self.name,
            description: self.description.unwrap_or(source.description),
            state: ImageState::Available,
            state_reason: None,
            architecture: source.architecture,
            created: once.now,
            root_device: source.root_device,
            size_gib: source.size_gib,
            snapshot: self.snapshot,
            machine_image: source.machine_image,
            public: false,
            launch_accounts: Vec::new(),
            source_instance: source.source_instance,
            source_image: Some((source.id, self.region)),
            imds_v2_required: source.imds_v2_required,
            deprecation: None,
            deregistration_protection: false,
            tags,
            snapshot_tags: self.snapshot_tags,
            interruption: Interruption::None,
        })
    }
}

fn find_source(ec2: &Ec2, from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<Image> {
    let image = images::find(from, ec2.images.as_ref(), account, id)?;
    if image.state == ImageState::Available {
        return Ok(image);
    }
    Err(Error::other("InvalidAMIID.Unavailable", format!("The image ID '{id}' is not available")))
}

fn refuse_what_has_no_effect(input: &CopyImageRequest) -> Result<()> {
    let asked = [
        ("Encrypted", input.encrypted == Some(true)),
        ("KmsKeyId", input.kms_key_id.is_some()),
        ("DestinationOutpostArn", input.destination_outpost_arn.is_some()),
        ("SnapshotCopyCompletionDurationMinutes", input.snapshot_copy_completion_duration_minutes.is_some()),
        (
            "DestinationAvailabilityZone",
            input.destination_availability_zone.is_some() || input.destination_availability_zone_id.is_some(),
        ),
    ];
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}
