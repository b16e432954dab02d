//! CreatePlatformEndpoint: registers a device. The same device again is the answer, unless it is said to be another.

use std::sync::Arc;

use freehold_api::sns::{CreateEndpointResponse, CreatePlatformEndpointInput};
use freehold_core::Arn;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::attributes;
use crate::Sns;
use crate::errors::Error;
use crate::model::{Application, Device};
use crate::operations::arns;

pub(super) async fn create_platform_endpoint(
    sns: Arc<Sns>,
    call: Call,
    input: CreatePlatformEndpointInput,
) -> Result<CreateEndpointResponse, freehold_wire::Error> {
    let application = arns::push(&call, "PlatformApplicationArn", "app", input.platform_application_arn)?;
    let token = input.token.unwrap_or_default();
    let mut wanted = input.attributes.unwrap_or_default();
    if let Some(data) = input.custom_user_data {
        wanted.insert("CustomUserData".to_owned(), data);
    }
    let mut set = [("Enabled".to_owned(), "true".to_owned())].into();
    attributes::of_device(&mut set, wanted)?;
    attributes::of_device(&mut set, [("Token".to_owned(), token)].into())?;
    let arn = sns
        .store
        .transact::<_, Error, _>(move |tx| {
            let found = tx.get::<Application>(&application)?;
            let application = found.ok_or(Error::NotFound("PlatformApplication does not exist"))?;
            let token = set.get("Token").cloned().unwrap_or_default();
            let key = Device::key(&application.arn, &token);
            if let Some(found) = tx.list::<Device>(&Filter::index(1, key))?.into_iter().next() {
                if found.attributes == set {
                    return Ok(found.arn);
                }
                let why =
                    format!("Endpoint {} already exists with the same Token, but different attributes.", found.arn);
                return Err(Error::reason("Token", why));
            }
            let name = format!("endpoint/{}/{}/{}", application.platform, application.name, freehold_core::ids::uuid());
            let arn = Arn::new("sns", tx.region(), &application.account, name).to_string();
            let device = Device {
                arn: arn.clone(),
                account: application.account,
                application: application.arn,
                attributes: set,
            };
            tx.put(&device)?;
            Ok(arn)
        })
        .await?;
    Ok(CreateEndpointResponse { endpoint_arn: Some(arn) })
}
