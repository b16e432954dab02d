//! DescribeTags.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeTagsInput, DescribeTagsOutput, Tag, TagDescription};
use freehold_core::tags::Tags;
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::change;
use crate::Elb;
use crate::errors::Error;

pub(super) async fn describe_tags(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeTagsInput,
) -> Result<DescribeTagsOutput, freehold_wire::Error> {
    let (account, arns) = (call.account().to_owned(), change::arns(input.resource_arns)?);
    let read = elb.store.transact::<_, Error, _>(move |tx| {
        let tags = |arn: String| {
            let tags = change::tags(tx, &account, &arn, |present| Ok(present.clone()))?;
            Ok(TagDescription { resource_arn: Some(arn), tags: Some(shown(tags)) })
        };
        arns.into_iter().map(tags).collect::<Result<Vec<_>, Error>>()
    });
    Ok(DescribeTagsOutput { tag_descriptions: Some(read.await?) })
}

fn shown(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key: Some(key), value: Some(value) }).collect()
}
