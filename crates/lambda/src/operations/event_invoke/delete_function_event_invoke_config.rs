//! DeleteFunctionEventInvokeConfig.

use std::sync::Arc;

use freehold_api::lambda::DeleteFunctionEventInvokeConfigRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{id, missing};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::EventInvoke;
use crate::names::FunctionName;

pub(super) async fn delete_function_event_invoke_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionEventInvokeConfigRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    lookup::qualified(&lambda.store, &name)?;
    let id = id(&name);
    let deleted = lambda
        .store
        .transact::<_, Error, _>(move |tx| if tx.delete::<EventInvoke>(&id)? { Ok(()) } else { Err(missing(&id)) });
    deleted.await?;
    Ok(Unit)
}
