//! GetFunction.

use std::sync::Arc;

use freehold_api::lambda::{Concurrency, FunctionCodeLocation, GetFunctionRequest, GetFunctionResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::lookup;
use crate::model::Code;
use crate::names::FunctionName;
use crate::view;

pub(super) async fn get_function(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionRequest,
) -> Result<GetFunctionResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let version = lookup::version(&lambda.store, &name)?;
    let function = lookup::function(&lambda.store, &name)?;
    let code = FunctionCodeLocation {
        repository_type: Some("S3".into()),
        location: Some(code_location(&lambda, &call, &version.code)),
        ..FunctionCodeLocation::default()
    };
    let reserved = function.reserved.and_then(|reserved| i32::try_from(reserved).ok());
    Ok(GetFunctionResponse {
        configuration: Some(view::configuration(&lambda.store, &version, name.qualified_arn())?),
        code: Some(code),
        tags: (!function.tags.is_empty()).then_some(function.tags),
        concurrency: reserved.map(|reserved| Concurrency { reserved_concurrent_executions: Some(reserved) }),
        ..GetFunctionResponse::default()
    })
}

/// Where the package can be fetched for a while.
pub(in crate::operations) fn code_location(lambda: &Lambda, call: &Call, code: &Code) -> String {
    lambda.downloads.url(&call.endpoint, &code.sha256, lambda.now())
}
