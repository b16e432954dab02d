//! DeleteFunctionConcurrency: gives the reservation back.

use std::sync::Arc;

use freehold_api::lambda::DeleteFunctionConcurrencyRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;

pub(super) async fn delete_function_concurrency(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionConcurrencyRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let deleted = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut function = lookup::function(&mut *tx, &name)?;
        function.reserved = None;
        Ok(tx.put(&function)?)
    });
    deleted.await?;
    Ok(Unit)
}
