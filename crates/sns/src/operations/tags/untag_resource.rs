//! UntagResource. Keys that are not there are gone already.

use std::sync::Arc;

use freehold_api::sns::{UntagResourceRequest, UntagResourceResponse};
use freehold_wire::Call;

use super::absent;
use crate::Sns;
use crate::operations::arns;

pub(super) async fn untag_resource(
    sns: Arc<Sns>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "ResourceArn", input.resource_arn)?;
    let keys = input.tag_keys.unwrap_or_default();
    let untagged = sns.change_topic(&arn, move |topic| {
        topic.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    });
    untagged.await.map_err(absent)?;
    Ok(UntagResourceResponse {})
}
