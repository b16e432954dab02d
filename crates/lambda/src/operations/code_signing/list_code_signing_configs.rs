//! ListCodeSigningConfigs.

use std::sync::Arc;

use freehold_api::lambda::{ListCodeSigningConfigsRequest, ListCodeSigningConfigsResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::view;
use crate::Lambda;
use crate::model::CodeSigningConfig;
use crate::operations::pages::Page;

pub(super) async fn list_code_signing_configs(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListCodeSigningConfigsRequest,
) -> Result<ListCodeSigningConfigsResponse, freehold_wire::Error> {
    let page = Page { call: &call, about: "", marker: input.marker.as_deref(), size: input.max_items };
    let (found, next_marker) = page.read::<CodeSigningConfig>(&lambda.store, Filter::account(call.account()))?;
    let seen = found.into_iter().map(view).collect();
    Ok(ListCodeSigningConfigsResponse { code_signing_configs: Some(seen), next_marker })
}
