//! GetFunctionConfiguration.

use std::sync::Arc;

use freehold_api::lambda::{FunctionConfiguration, GetFunctionConfigurationRequest};
use freehold_wire::Call;

use crate::Lambda;
use crate::lookup;
use crate::names::FunctionName;
use crate::view;

pub(super) async fn get_function_configuration(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionConfigurationRequest,
) -> Result<FunctionConfiguration, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let version = lookup::version(&lambda.store, &name)?;
    Ok(view::configuration(&lambda.store, &version, name.qualified_arn())?)
}
