//! GetFunctionConcurrency.

use std::sync::Arc;

use freehold_api::lambda::{GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::lookup;
use crate::names::FunctionName;

pub(super) async fn get_function_concurrency(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionConcurrencyRequest,
) -> Result<GetFunctionConcurrencyResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    let reserved = function.reserved.and_then(|reserved| i32::try_from(reserved).ok());
    Ok(GetFunctionConcurrencyResponse { reserved_concurrent_executions: reserved })
}
