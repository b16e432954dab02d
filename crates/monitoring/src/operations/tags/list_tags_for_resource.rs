//! ListTagsForResource.

use std::sync::Arc;

use freehold_api::cloudwatch::{ListTagsForResourceInput, ListTagsForResourceOutput, Tag};
use freehold_wire::Call;

use crate::CloudWatch;

pub(super) async fn list_tags_for_resource(
    state: Arc<CloudWatch>,
    call: Call,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, freehold_wire::Error> {
    let alarm = super::alarm(&state, &call, input.resource_arn)?;
    let tags = alarm.tags.iter().map(|(key, value)| Tag { key: Some(key.clone()), value: Some(value.clone()) });
    Ok(ListTagsForResourceOutput { tags: Some(tags.collect()) })
}
