//! Tags of a request.

use freehold_api::acm::Tag;
use freehold_core::tags::{self, InvalidTag, Tags};

use crate::errors::Error;

/// The tags of a certificate after a request sets some.
pub(super) fn merged(present: &Tags, added: Option<Vec<Tag>>) -> Result<Tags, Error> {
    let pair = |tag: Tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
    let added: Vec<_> = added.unwrap_or_default().into_iter().map(pair).collect();
    let pairs = added.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    tags::merge(present, pairs).map_err(|error| match error {
        InvalidTag::TooMany => Error::TooManyTags,
        error => Error::InvalidTag(error.to_string()),
    })
}

pub(super) fn shown(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key: Some(key), value: Some(value) }).collect()
}
