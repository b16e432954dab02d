//! TagResource.

use std::sync::Arc;

use freehold_api::sns::{TagResourceRequest, TagResourceResponse};
use freehold_wire::Call;

use super::{absent, merged};
use crate::Sns;
use crate::operations::arns;

pub(super) async fn tag_resource(
    sns: Arc<Sns>,
    call: Call,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "ResourceArn", input.resource_arn)?;
    let added = input.tags.unwrap_or_default();
    let tagged = sns.change_topic(&arn, move |topic| {
        topic.tags = merged(&topic.tags, added)?;
        Ok(())
    });
    tagged.await.map_err(absent)?;
    Ok(TagResourceResponse {})
}
