//! DeleteFunctionUrlConfig.

use std::sync::Arc;

use freehold_api::lambda::DeleteFunctionUrlConfigRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{check, find, named};
use crate::Lambda;
use crate::errors::Error;
use crate::model::FunctionUrl;

pub(super) async fn delete_function_url_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionUrlConfigRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = named(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    check(&lambda, &name)?;
    let deleted = lambda.store.transact::<_, Error, _>(move |tx| {
        let found = find(&mut *tx, &name)?;
        tx.delete::<FunctionUrl>(&found.arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(Unit)
}
