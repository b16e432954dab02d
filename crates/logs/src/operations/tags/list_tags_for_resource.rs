//! ListTagsForResource.

use std::sync::Arc;

use freehold_api::logs::{ListTagsForResourceRequest, ListTagsForResourceResponse};
use freehold_wire::Call;

use crate::Logs;

pub(super) async fn list_tags_for_resource(
    state: Arc<Logs>,
    call: Call,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, freehold_wire::Error> {
    let group = super::resource(&state, &call, input.resource_arn.as_deref())?;
    Ok(ListTagsForResourceResponse { tags: Some(group.tags) })
}
