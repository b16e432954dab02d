//! `DescribeTags`.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribeTagsType, TagDescription, TagsType};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::Group;
use crate::operations::{pages, show};

/// A tag with what tells it from all others.
struct Shown {
    id: String,
    tag: TagDescription,
}

pub(super) async fn describe_tags(own: Arc<AutoScaling>, call: Call, input: DescribeTagsType) -> Result<TagsType> {
    let groups = own.store.list::<Group>(&Filter::account(call.account()))?;
    let id = |tag: &TagDescription| {
        format!("{}\n{}", tag.resource_id.clone().unwrap_or_default(), tag.key.clone().unwrap_or_default())
    };
    let mut tags: Vec<Shown> = groups.iter().flat_map(show::tags).map(|tag| Shown { id: id(&tag), tag }).collect();
    for filter in input.filters.unwrap_or_default() {
        let values = filter.values.unwrap_or_default();
        let name = filter.name.unwrap_or_default();
        let of: fn(&TagDescription) -> Option<String> = match name.as_str() {
            "auto-scaling-group" => |tag| tag.resource_id.clone(),
            "key" => |tag| tag.key.clone(),
            "value" => |tag| tag.value.clone(),
            "propagate-at-launch" => |tag| tag.propagate_at_launch.map(|propagate| propagate.to_string()),
            _ => return Err(Error::validation(format!("Filter {name} is not valid"))),
        };
        tags.retain(|shown| of(&shown.tag).is_some_and(|value| values.contains(&value)));
    }
    let token = input.next_token.as_deref();
    let (tags, next_token) = pages::page(&call, tags, input.max_records, pages::MOST, token, |shown| &shown.id)?;
    Ok(TagsType { tags: Some(tags.into_iter().map(|shown| shown.tag).collect()), next_token })
}
