//! GetFunctionRecursionConfig.

use std::sync::Arc;

use freehold_api::lambda::{GetFunctionRecursionConfigRequest, GetFunctionRecursionConfigResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::lookup;
use crate::names::FunctionName;

pub(super) async fn get_function_recursion_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionRecursionConfigRequest,
) -> Result<GetFunctionRecursionConfigResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    let loops = if function.allows_loops { "Allow" } else { "Terminate" };
    Ok(GetFunctionRecursionConfigResponse { recursive_loop: Some(loops.into()) })
}
