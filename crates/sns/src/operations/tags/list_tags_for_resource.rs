//! ListTagsForResource.

use std::sync::Arc;

use freehold_api::sns::{ListTagsForResourceRequest, ListTagsForResourceResponse, Tag};
use freehold_wire::Call;

use super::absent;
use crate::Sns;
use crate::operations::arns;

pub(super) async fn list_tags_for_resource(
    sns: Arc<Sns>,
    call: Call,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "ResourceArn", input.resource_arn)?;
    let live = sns.topic(&arn).map_err(absent)?;
    let tags = live.topic.tags.iter();
    let tags = tags.map(|(key, value)| Tag { key: Some(key.clone()), value: Some(value.clone()) }).collect();
    Ok(ListTagsForResourceResponse { tags: Some(tags) })
}
