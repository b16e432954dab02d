//! `DescribeTags`: every tag of the account's resources, one by one.

use std::sync::Arc;

use freehold_api::ec2::{DescribeTagsRequest, DescribeTagsResult, TagDescription};
use freehold_wire::Call;

use super::taggable;
use crate::Ec2;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::Tags;
use crate::operations::dry_run;
use crate::pages::Paging;

/// One tag of one resource.
struct OneTag {
    resource: String,
    kind: &'static str,
    /// Exactly one.
    tag: Tags,
    /// What pages go by.
    place: String,
}

/// *API reference, DescribeTags: Filter.N*.
const FILTERS: Table<OneTag> = Table {
    values: &[
        ("key", |t| t.tag.iter().map(|(key, _)| key.to_owned()).collect()),
        ("resource-id", |t| vec![t.resource.clone()]),
        ("resource-type", |t| vec![t.kind.to_owned()]),
        ("value", |t| t.tag.iter().map(|(_, value)| value.to_owned()).collect()),
    ],
    tags: Some(|t| &t.tag),
};

pub async fn describe_tags(ec2: Arc<Ec2>, call: Call, input: DescribeTagsRequest) -> Result<DescribeTagsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let tagged = taggable::all(&mut ec2.committed(), call.account())?;
    dry_run(input.dry_run)?;

    let each = tagged.into_iter().flat_map(|one| {
        let (resource, kind) = (one.resource, one.kind);
        one.tags.0.into_iter().map(move |(key, value)| OneTag {
            place: format!("{resource}/{key}"),
            resource: resource.clone(),
            kind,
            tag: Tags([(key, value)].into()),
        })
    });
    let page = paging.page(each.filter(|tag| filters.admit(tag)).collect(), |tag| &tag.place)?;
    Ok(DescribeTagsResult { next_token: page.next_token, tags: Some(page.items.into_iter().flat_map(shown).collect()) })
}

fn shown(one: OneTag) -> impl Iterator<Item = TagDescription> {
    one.tag.0.into_iter().map(move |(key, value)| TagDescription {
        key: Some(key),
        value: Some(value),
        resource_id: Some(one.resource.clone()),
        resource_type: Some(one.kind.to_owned()),
    })
}
