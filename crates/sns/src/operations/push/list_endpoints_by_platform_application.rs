//! ListEndpointsByPlatformApplication.

use std::sync::Arc;

use freehold_api::sns::{
    Endpoint, ListEndpointsByPlatformApplicationInput, ListEndpointsByPlatformApplicationResponse,
};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Sns;
use crate::errors::Error;
use crate::model::{Application, Device};
use crate::operations::arns;
use crate::operations::pages::{PAGE, page};

pub(super) async fn list_endpoints_by_platform_application(
    sns: Arc<Sns>,
    call: Call,
    input: ListEndpointsByPlatformApplicationInput,
) -> Result<ListEndpointsByPlatformApplicationResponse, freehold_wire::Error> {
    let arn = arns::push(&call, "PlatformApplicationArn", "app", input.platform_application_arn)?;
    if sns.store.get::<Application>(&arn).map_err(Error::from)?.is_none() {
        return Err(Error::NotFound("PlatformApplication does not exist").into());
    }
    let filter = Filter::index(0, &arn);
    let (found, next_token) = page::<Device>(&sns.store, &call, &arn, filter, input.next_token.as_deref(), PAGE)?;
    let view = |device: Device| Endpoint { endpoint_arn: Some(device.arn), attributes: Some(device.attributes) };
    Ok(ListEndpointsByPlatformApplicationResponse {
        endpoints: Some(found.into_iter().map(view).collect()),
        next_token,
    })
}
