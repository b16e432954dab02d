//! DeleteEndpoint. One that does not exist is deleted already.

use std::sync::Arc;

use freehold_api::sns::DeleteEndpointInput;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Sns;
use crate::errors::Error;
use crate::model::Device;
use crate::operations::arns;

pub(super) async fn delete_endpoint(
    sns: Arc<Sns>,
    call: Call,
    input: DeleteEndpointInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::push(&call, "EndpointArn", "endpoint", input.endpoint_arn)?;
    sns.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<Device>(&arn)?)).await?;
    Ok(Unit)
}
