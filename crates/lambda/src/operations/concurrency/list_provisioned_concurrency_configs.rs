//! ListProvisionedConcurrencyConfigs.

use std::sync::Arc;

use freehold_api::lambda::{
    ListProvisionedConcurrencyConfigsRequest, ListProvisionedConcurrencyConfigsResponse,
    ProvisionedConcurrencyConfigListItem,
};
use freehold_store::Filter;
use freehold_wire::Call;

use super::ready::ready;
use crate::Lambda;
use crate::lookup;
use crate::model::{Provisioned, modified};
use crate::names::FunctionName;
use crate::operations::pages::Page;

pub(super) async fn list_provisioned_concurrency_configs(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListProvisionedConcurrencyConfigsRequest,
) -> Result<ListProvisionedConcurrencyConfigsResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    let page = Page { call: &call, about: &function.arn, marker: input.marker.as_deref(), size: input.max_items };
    let (found, next_marker) = page.read::<Provisioned>(&lambda.store, Filter::index(0, &*function.arn))?;
    let mut seen = Vec::with_capacity(found.len());
    for config in found {
        let qualifier = config.arn.rsplit(':').next().map(str::to_owned);
        let ready = ready(&lambda, &FunctionName { qualifier, ..name.clone() }, &config).await?;
        seen.push(ProvisionedConcurrencyConfigListItem {
            function_arn: Some(config.arn),
            requested_provisioned_concurrent_executions: i32::try_from(config.requested).ok(),
            available_provisioned_concurrent_executions: Some(ready.available),
            allocated_provisioned_concurrent_executions: Some(ready.allocated),
            status: Some(ready.status.into()),
            status_reason: ready.reason,
            last_modified: Some(modified(config.modified)),
        });
    }
    Ok(ListProvisionedConcurrencyConfigsResponse { provisioned_concurrency_configs: Some(seen), next_marker })
}
