//! GetFunctionCodeSigningConfig.

use std::sync::Arc;

use freehold_api::lambda::{GetFunctionCodeSigningConfigRequest, GetFunctionCodeSigningConfigResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::lookup;
use crate::names::FunctionName;

pub(super) async fn get_function_code_signing_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionCodeSigningConfigRequest,
) -> Result<GetFunctionCodeSigningConfigResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    Ok(GetFunctionCodeSigningConfigResponse {
        code_signing_config_arn: function.code_signing_config,
        function_name: Some(function.name),
    })
}
