//! ListFunctionEventInvokeConfigs.

use std::sync::Arc;

use freehold_api::lambda::{ListFunctionEventInvokeConfigsRequest, ListFunctionEventInvokeConfigsResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::view;
use crate::Lambda;
use crate::lookup;
use crate::model::EventInvoke;
use crate::names::FunctionName;
use crate::operations::pages::Page;

pub(super) async fn list_function_event_invoke_configs(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListFunctionEventInvokeConfigsRequest,
) -> Result<ListFunctionEventInvokeConfigsResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    let page = Page { call: &call, about: &function.arn, marker: input.marker.as_deref(), size: input.max_items };
    let (found, next_marker) = page.read::<EventInvoke>(&lambda.store, Filter::index(0, &*function.arn))?;
    Ok(ListFunctionEventInvokeConfigsResponse {
        function_event_invoke_configs: Some(found.into_iter().map(view).collect()),
        next_marker,
    })
}
