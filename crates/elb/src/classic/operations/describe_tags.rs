//! DescribeTags.

use std::sync::Arc;

use freehold_api::elb::{DescribeTagsInput, DescribeTagsOutput, Tag, TagDescription};
use freehold_wire::Call;

use super::add_tags::some;
use crate::Elb;

pub(super) async fn describe_tags(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeTagsInput,
) -> Result<DescribeTagsOutput, freehold_wire::Error> {
    let mut shown = Vec::new();
    for name in some(input.load_balancer_names)? {
        let (balancer, _) = elb.classic(call.account(), Some(name))?;
        let tags = balancer.tags.into_iter().map(|(key, value)| Tag { key: Some(key), value: Some(value) }).collect();
        shown.push(TagDescription { load_balancer_name: Some(balancer.name), tags: Some(tags) });
    }
    Ok(DescribeTagsOutput { tag_descriptions: Some(shown) })
}
