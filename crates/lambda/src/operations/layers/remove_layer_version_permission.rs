//! RemoveLayerVersionPermission.

use std::sync::Arc;

use freehold_api::lambda::RemoveLayerVersionPermissionRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{find, number};
use crate::Lambda;
use crate::errors::Error;
use crate::model::LayerVersion;
use crate::names;
use crate::statements;

pub(super) async fn remove_layer_version_permission(
    lambda: Arc<Lambda>,
    call: Call,
    input: RemoveLayerVersionPermissionRequest,
) -> Result<Unit, freehold_wire::Error> {
    let layer = names::layer(&call, input.layer_name.as_deref())?;
    let id = LayerVersion::id(&layer, number(input.version_number)?);
    let sid = input.statement_id.unwrap_or_default();
    let removed = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut found = find(&mut *tx, &id)?;
        let missing = || Error::NotFound("No policy is associated with the given resource.".into());
        let present = found.permissions.take().ok_or_else(missing)?;
        statements::check_revision(Some(&present), input.revision_id.as_deref(), "GetLayerVersionPolicy")?;
        found.permissions = statements::without(&present, &sid)?;
        found.allowed.remove(&sid);
        Ok(tx.put(&found)?)
    });
    removed.await?;
    Ok(Unit)
}
