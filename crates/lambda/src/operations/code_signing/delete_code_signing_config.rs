//! DeleteCodeSigningConfig, if no function has it.

use std::sync::Arc;

use freehold_api::lambda::{DeleteCodeSigningConfigRequest, DeleteCodeSigningConfigResponse};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::find;
use crate::Lambda;
use crate::errors::Error;
use crate::model::{CodeSigningConfig, Function};

pub(super) async fn delete_code_signing_config(
    lambda: Arc<Lambda>,
    _: Call,
    input: DeleteCodeSigningConfigRequest,
) -> Result<DeleteCodeSigningConfigResponse, freehold_wire::Error> {
    let arn = input.code_signing_config_arn.unwrap_or_default();
    let deleted = lambda.store.transact::<_, Error, _>(move |tx| {
        find(&mut *tx, &arn)?;
        if !tx.list::<Function>(&Filter::index(0, &*arn))?.is_empty() {
            return Err(Error::Conflict(format!(
                "Unable to delete the code signing configuration {arn} because it is in use by at least one function."
            )));
        }
        tx.delete::<CodeSigningConfig>(&arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(DeleteCodeSigningConfigResponse {})
}
