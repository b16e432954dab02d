//! GetProvisionedConcurrencyConfig.

use std::sync::Arc;

use freehold_api::lambda::{GetProvisionedConcurrencyConfigRequest, GetProvisionedConcurrencyConfigResponse};
use freehold_wire::Call;

use super::ready::ready;
use super::{find, qualified};
use crate::Lambda;
use crate::model::modified;

pub(super) async fn get_provisioned_concurrency_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetProvisionedConcurrencyConfigRequest,
) -> Result<GetProvisionedConcurrencyConfigResponse, freehold_wire::Error> {
    let name = qualified(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let found = find(&lambda, &name)?;
    let ready = ready(&lambda, &name, &found).await?;
    Ok(GetProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: i32::try_from(found.requested).ok(),
        available_provisioned_concurrent_executions: Some(ready.available),
        allocated_provisioned_concurrent_executions: Some(ready.allocated),
        status: Some(ready.status.into()),
        status_reason: ready.reason,
        last_modified: Some(modified(found.modified)),
    })
}
