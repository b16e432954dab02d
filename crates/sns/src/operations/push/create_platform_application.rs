//! CreatePlatformApplication. One of the same name is the answer; its attributes are then those of this request.

use std::sync::Arc;

use freehold_api::sns::{CreatePlatformApplicationInput, CreatePlatformApplicationResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::attributes;
use crate::Sns;
use crate::errors::Error;
use crate::model::Application;
use crate::model::push::PLATFORMS;

/// Characters.
const MOST_NAME: usize = 256;

pub(super) async fn create_platform_application(
    sns: Arc<Sns>,
    call: Call,
    input: CreatePlatformApplicationInput,
) -> Result<CreatePlatformApplicationResponse, freehold_wire::Error> {
    let (name, platform) = (input.name.unwrap_or_default(), input.platform.unwrap_or_default());
    let wanted = input.attributes.unwrap_or_default();
    if !PLATFORMS.contains(&platform.as_str()) {
        return Err(Error::reason("Platform", format!("{platform} is not supported")).into());
    }
    let is_good = (1..=MOST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if !is_good {
        return Err(Error::reason("Name", "must be 1 to 256 letters, digits, hyphens, underscores and periods").into());
    }
    if !wanted.contains_key("PlatformCredential") {
        return Err(Error::reason("Attributes", "PlatformCredential is required").into());
    }
    let mut application = Application {
        arn: Application::arn(&call.region, call.account(), &platform, &name),
        account: call.account().to_owned(),
        platform,
        name,
        attributes: Default::default(),
    };
    attributes::of_application(&mut application.attributes, wanted)?;
    let arn = application.arn.clone();
    sns.store.transact::<_, Error, _>(move |tx| Ok(tx.put(&application)?)).await?;
    Ok(CreatePlatformApplicationResponse { platform_application_arn: Some(arn) })
}
