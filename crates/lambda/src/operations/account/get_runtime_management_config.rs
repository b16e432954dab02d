//! GetRuntimeManagementConfig.

use std::sync::Arc;

use freehold_api::lambda::{GetRuntimeManagementConfigRequest, GetRuntimeManagementConfigResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::lookup;
use crate::names::{FunctionName, LATEST};

pub(super) async fn get_runtime_management_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetRuntimeManagementConfigRequest,
) -> Result<GetRuntimeManagementConfigResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    lookup::qualified(&lambda.store, &name)?;
    let function = lookup::function(&lambda.store, &name)?;
    let qualifier = name.qualifier.as_deref().unwrap_or(LATEST);
    let wanted = function.runtime_management.get(qualifier).map(|found| found.update_on.clone());
    Ok(GetRuntimeManagementConfigResponse {
        update_runtime_on: Some(wanted.unwrap_or_else(|| "Auto".into())),
        function_arn: Some(format!("{}:{qualifier}", function.arn)),
        runtime_version_arn: None,
    })
}
