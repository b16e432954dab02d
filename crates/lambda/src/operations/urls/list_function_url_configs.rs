//! ListFunctionUrlConfigs.

use std::sync::Arc;

use freehold_api::lambda::{FunctionUrlConfig, ListFunctionUrlConfigsRequest, ListFunctionUrlConfigsResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::view;
use crate::Lambda;
use crate::lookup;
use crate::model::FunctionUrl;
use crate::names::FunctionName;
use crate::operations::pages::Page;

pub(super) async fn list_function_url_configs(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListFunctionUrlConfigsRequest,
) -> Result<ListFunctionUrlConfigsResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    let page = Page { call: &call, about: &function.arn, marker: input.marker.as_deref(), size: input.max_items };
    let (found, next_marker) = page.read::<FunctionUrl>(&lambda.store, Filter::index(0, &*function.arn))?;
    let seen = found.into_iter().map(|url| {
        let seen = view(&call, url);
        FunctionUrlConfig {
            function_url: seen.function_url,
            function_arn: seen.function_arn,
            creation_time: seen.creation_time,
            last_modified_time: seen.last_modified_time,
            cors: seen.cors,
            auth_type: seen.auth_type,
            invoke_mode: seen.invoke_mode,
        }
    });
    Ok(ListFunctionUrlConfigsResponse { function_url_configs: Some(seen.collect()), next_marker })
}
