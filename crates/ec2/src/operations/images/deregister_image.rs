//! `DeregisterImage`. Its snapshot is a part of it and goes with it. What was launched from the image keeps what it
//! needs of it: the sweep of the host's image store spares what instances or other images use.

use std::sync::Arc;

use freehold_api::ec2::{DeleteSnapshotReturnCode, DeregisterImageRequest, DeregisterImageResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::owned_image::owned;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::{Image, ImageState, Interruption};
use crate::operations::dry_run;

pub async fn deregister_image(
    ec2: Arc<Ec2>,
    call: Call,
    input: DeregisterImageRequest,
) -> Result<DeregisterImageResult> {
    let (writer, account) = (Arc::clone(&ec2), call.account().to_owned());
    let (id, dry) = (input.image_id, input.dry_run);
    let image = ec2
        .store
        .transact(move |tx| {
            let image = owned(&writer, tx, &account, id.as_deref())?;
            check(&image)?;
            dry_run(dry)?;
            tx.delete::<Image>(&image.id)?;
            Ok::<_, Error>(image)
        })
        .await?;
    let deleted = DeleteSnapshotReturnCode { snapshot_id: Some(image.snapshot), return_code: Some("success".into()) };
    Ok(DeregisterImageResult {
        r#return: Some(true),
        delete_snapshot_results: (input.delete_associated_snapshots == Some(true)).then(|| vec![deleted]),
    })
}

fn check(image: &Image) -> Result<()> {
    if image.deregistration_protection {
        return Err(Error::OperationNotPermitted(format!(
            "Deregistration protection is enabled for image '{}'.",
            image.id
        )));
    }
    // The image is the only note that its instance is to be started again.
    if image.state == ImageState::Pending || image.interruption != Interruption::None {
        let message = format!("The image ID '{}' is not available", image.id);
        return Err(Error::other("InvalidAMIID.Unavailable", message));
    }
    Ok(())
}
