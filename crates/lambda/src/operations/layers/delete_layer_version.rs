//! DeleteLayerVersion. Functions that have it keep it (*API reference, DeleteLayerVersion*); its number is not used again.

use std::sync::Arc;

use freehold_api::lambda::DeleteLayerVersionRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::number;
use crate::Lambda;
use crate::errors::Error;
use crate::model::LayerVersion;
use crate::names;

pub(super) async fn delete_layer_version(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteLayerVersionRequest,
) -> Result<Unit, freehold_wire::Error> {
    let layer = names::layer(&call, input.layer_name.as_deref())?;
    let id = LayerVersion::id(&layer, number(input.version_number)?);
    let deleted = lambda.store.transact::<_, Error, _>(move |tx| {
        // To delete what is not there is no error.
        let Some(mut found) = tx.get::<LayerVersion>(&id)?.filter(|found| !found.is_deleted) else { return Ok(()) };
        found.is_deleted = true;
        Ok(tx.put(&found)?)
    });
    deleted.await?;
    Ok(Unit)
}
