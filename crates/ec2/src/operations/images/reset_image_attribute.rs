//! `ResetImageAttribute`: nobody but the owner may launch any more. No other attribute can be reset.

use std::sync::Arc;

use freehold_api::ec2::ResetImageAttributeRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::owned_image::owned;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::operations::dry_run;

pub async fn reset_image_attribute(ec2: Arc<Ec2>, call: Call, input: ResetImageAttributeRequest) -> Result<Unit> {
    match input.attribute.as_deref() {
        Some("launchPermission") => {}
        Some(other) => return Err(Error::invalid_value("attribute", other, "Expected: launchPermission.")),
        None => return Err(Error::MissingParameter("Attribute")),
    }
    let (writer, account) = (Arc::clone(&ec2), call.account().to_owned());
    ec2.store
        .transact(move |tx| {
            let mut image = owned(&writer, tx, &account, input.image_id.as_deref())?;
            (image.public, image.launch_accounts) = (false, Vec::new());
            dry_run(input.dry_run)?;
            tx.put(&image)?;
            Ok(Unit)
        })
        .await
}
