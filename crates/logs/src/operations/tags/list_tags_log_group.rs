//! ListTagsLogGroup.

use std::sync::Arc;

use freehold_api::logs::{ListTagsLogGroupRequest, ListTagsLogGroupResponse};
use freehold_wire::Call;

use crate::Logs;

pub(super) async fn list_tags_log_group(
    state: Arc<Logs>,
    call: Call,
    input: ListTagsLogGroupRequest,
) -> Result<ListTagsLogGroupResponse, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    Ok(ListTagsLogGroupResponse { tags: Some(group.tags) })
}
