//! SetEndpointAttributes: those that are mentioned.

use std::sync::Arc;

use freehold_api::sns::SetEndpointAttributesInput;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::attributes;
use crate::Sns;
use crate::errors::Error;
use crate::model::Device;
use crate::operations::arns;

pub(super) async fn set_endpoint_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: SetEndpointAttributesInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::push(&call, "EndpointArn", "endpoint", input.endpoint_arn)?;
    let changes = input.attributes.unwrap_or_default();
    sns.store
        .transact::<_, Error, _>(move |tx| {
            let mut device = tx.get::<Device>(&arn)?.ok_or(Error::NotFound("Endpoint does not exist"))?;
            attributes::of_device(&mut device.attributes, changes)?;
            Ok(tx.put(&device)?)
        })
        .await?;
    Ok(Unit)
}
