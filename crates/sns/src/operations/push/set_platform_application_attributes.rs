//! SetPlatformApplicationAttributes: those that are mentioned.

use std::sync::Arc;

use freehold_api::sns::SetPlatformApplicationAttributesInput;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::attributes;
use crate::Sns;
use crate::errors::Error;
use crate::model::Application;
use crate::operations::arns;

pub(super) async fn set_platform_application_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: SetPlatformApplicationAttributesInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::push(&call, "PlatformApplicationArn", "app", input.platform_application_arn)?;
    let changes = input.attributes.unwrap_or_default();
    sns.store
        .transact::<_, Error, _>(move |tx| {
            let found = tx.get::<Application>(&arn)?;
            let mut application = found.ok_or(Error::NotFound("PlatformApplication does not exist"))?;
            attributes::of_application(&mut application.attributes, changes)?;
            Ok(tx.put(&application)?)
        })
        .await?;
    Ok(Unit)
}
