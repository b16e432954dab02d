//! RemoveTags. Keys that are not there are gone already.

use std::sync::Arc;

use freehold_api::elb::{RemoveTagsInput, RemoveTagsOutput};
use freehold_wire::Call;

use super::add_tags::retag;
use crate::Elb;

pub(super) async fn remove_tags(
    elb: Arc<Elb>,
    call: Call,
    input: RemoveTagsInput,
) -> Result<RemoveTagsOutput, freehold_wire::Error> {
    let keys: Vec<String> = input.tags.unwrap_or_default().into_iter().filter_map(|tag| tag.key).collect();
    let left = move |present: &freehold_core::tags::Tags| {
        let mut left = present.clone();
        left.retain(|key, _| !keys.contains(key));
        Ok(left)
    };
    retag(&elb, call.account(), input.load_balancer_names, left).await?;
    Ok(RemoveTagsOutput {})
}
