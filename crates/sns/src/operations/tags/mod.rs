//! Tags of topics.

mod list_tags_for_resource;
mod tag_resource;
mod untag_resource;

use std::sync::Arc;

use freehold_api::sns::{Tag, op};
use freehold_core::tags::{self, InvalidTag, Tags};
use freehold_wire::Service;

use crate::Sns;
use crate::errors::Error;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    service
        .on(op::ListTagsForResource, sns, list_tags_for_resource::list_tags_for_resource)
        .on(op::TagResource, sns, tag_resource::tag_resource)
        .on(op::UntagResource, sns, untag_resource::untag_resource)
}

/// Tags of a request, as those of a new topic.
pub(super) fn checked(tags: Vec<Tag>) -> Result<Tags, Error> {
    merged(&Tags::new(), tags)
}

/// The tags of a topic after a request sets some.
fn merged(present: &Tags, added: Vec<Tag>) -> Result<Tags, Error> {
    let added: Vec<_> =
        added.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())).collect();
    let pairs = added.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    tags::merge(present, pairs).map_err(|error| match error {
        InvalidTag::TooMany => Error::TagLimitExceeded,
        error => Error::reason("Tags", error),
    })
}

/// What a topic's absence is to these operations, which speak of resources in general.
fn absent(error: Error) -> Error {
    match error {
        Error::NotFound(_) => Error::ResourceNotFound,
        error => error,
    }
}
