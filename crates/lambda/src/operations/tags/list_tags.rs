//! ListTags.

use std::sync::Arc;

use freehold_api::lambda::{ListTagsRequest, ListTagsResponse};
use freehold_wire::Call;

use super::Tagged;
use crate::Lambda;

pub(super) async fn list_tags(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListTagsRequest,
) -> Result<ListTagsResponse, freehold_wire::Error> {
    let mut found = Tagged::find(&lambda.store, &call, &input.resource.unwrap_or_default())?;
    Ok(ListTagsResponse { tags: Some(std::mem::take(found.tags())) })
}
