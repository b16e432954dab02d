//! GetPlatformApplicationAttributes: without the secrets.

use std::sync::Arc;

use freehold_api::sns::{GetPlatformApplicationAttributesInput, GetPlatformApplicationAttributesResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::Sns;
use crate::errors::Error;
use crate::model::Application;
use crate::operations::arns;

pub(super) async fn get_platform_application_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: GetPlatformApplicationAttributesInput,
) -> Result<GetPlatformApplicationAttributesResponse, freehold_wire::Error> {
    let arn = arns::push(&call, "PlatformApplicationArn", "app", input.platform_application_arn)?;
    let found = sns.store.get::<Application>(&arn).map_err(Error::from)?;
    let mut attributes = found.ok_or(Error::NotFound("PlatformApplication does not exist"))?.attributes;
    attributes.insert("Enabled".to_owned(), "true".to_owned());
    Ok(GetPlatformApplicationAttributesResponse { attributes: Some(attributes) })
}
