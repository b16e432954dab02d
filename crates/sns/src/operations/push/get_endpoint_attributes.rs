//! GetEndpointAttributes.

use std::sync::Arc;

use freehold_api::sns::{GetEndpointAttributesInput, GetEndpointAttributesResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::Sns;
use crate::errors::Error;
use crate::model::Device;
use crate::operations::arns;

pub(super) async fn get_endpoint_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: GetEndpointAttributesInput,
) -> Result<GetEndpointAttributesResponse, freehold_wire::Error> {
    let arn = arns::push(&call, "EndpointArn", "endpoint", input.endpoint_arn)?;
    let found = sns.store.get::<Device>(&arn).map_err(Error::from)?;
    let device = found.ok_or(Error::NotFound("Endpoint does not exist"))?;
    Ok(GetEndpointAttributesResponse { attributes: Some(device.attributes) })
}
