//! ListFunctionsByCodeSigningConfig.

use std::sync::Arc;

use freehold_api::lambda::{ListFunctionsByCodeSigningConfigRequest, ListFunctionsByCodeSigningConfigResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::find;
use crate::Lambda;
use crate::model::Function;
use crate::operations::pages::Page;

pub(super) async fn list_functions_by_code_signing_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListFunctionsByCodeSigningConfigRequest,
) -> Result<ListFunctionsByCodeSigningConfigResponse, freehold_wire::Error> {
    let config = find(&lambda.store, &input.code_signing_config_arn.unwrap_or_default())?;
    let page = Page { call: &call, about: &config.arn, marker: input.marker.as_deref(), size: input.max_items };
    let (found, next_marker) = page.read::<Function>(&lambda.store, Filter::index(0, &*config.arn))?;
    let arns = found.into_iter().map(|function| function.arn).collect();
    Ok(ListFunctionsByCodeSigningConfigResponse { function_arns: Some(arns), next_marker })
}
