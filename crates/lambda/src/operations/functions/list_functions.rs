//! ListFunctions.

use std::sync::Arc;

use freehold_api::lambda::{FunctionConfiguration, ListFunctionsRequest, ListFunctionsResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use crate::Lambda;
use crate::model::Version;
use crate::operations::pages::Page;
use crate::view;

pub(super) async fn list_functions(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListFunctionsRequest,
) -> Result<ListFunctionsResponse, freehold_wire::Error> {
    // Nothing is replicated to here from elsewhere: every function's master is this region.
    if input.master_region.as_deref().is_some_and(|region| region != "ALL" && region != call.region) {
        return Ok(ListFunctionsResponse { functions: Some(Vec::new()), next_marker: None });
    }
    let has_all = input.function_version.as_deref() == Some("ALL");
    let about = if has_all { "ALL" } else { "" };
    let page = Page { call: &call, about, marker: input.marker.as_deref(), size: input.max_items };
    let is_wanted = |version: &Version| has_all || version.is_latest();
    let (versions, next_marker) = page.read_some(&lambda.store, Filter::account(call.account()), is_wanted)?;
    let seen = versions.iter().map(|version| {
        let arn = if has_all { version.qualified_arn() } else { &version.function };
        let seen = view::configuration(&lambda.store, version, arn.to_owned())?;
        // *API reference, ListFunctions*: it does not return these.
        Ok(FunctionConfiguration {
            state: None,
            state_reason: None,
            state_reason_code: None,
            last_update_status: None,
            last_update_status_reason: None,
            last_update_status_reason_code: None,
            runtime_version_config: None,
            ..seen
        })
    });
    let functions = seen.collect::<Result<Vec<_>, crate::errors::Error>>()?;
    Ok(ListFunctionsResponse { functions: Some(functions), next_marker })
}
