//! GetFunctionEventInvokeConfig.

use std::sync::Arc;

use freehold_api::lambda::{FunctionEventInvokeConfig, GetFunctionEventInvokeConfigRequest};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{id, missing, view};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::EventInvoke;
use crate::names::FunctionName;

pub(super) async fn get_function_event_invoke_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    lookup::qualified(&lambda.store, &name)?;
    let id = id(&name);
    let found = lambda.store.get::<EventInvoke>(&id).map_err(Error::from)?;
    Ok(view(found.ok_or_else(|| missing(&id))?))
}
