//! Tags of balancers, listeners, rules and target groups.

mod add_tags;
mod change;
mod describe_tags;
mod remove_tags;

use std::sync::Arc;

use freehold_api::elbv2::{Tag, op};
use freehold_core::tags::{self, InvalidTag, Tags};
use freehold_wire::Service;

use crate::Elb;
use crate::errors::Error;

pub(super) fn register(service: Service, elb: &Arc<Elb>) -> Service {
    service.on(op::AddTags, elb, add_tags::add_tags).on(op::DescribeTags, elb, describe_tags::describe_tags).on(
        op::RemoveTags,
        elb,
        remove_tags::remove_tags,
    )
}

/// Tags of something new.
pub(super) fn of_new(tags: Option<Vec<Tag>>) -> Result<Tags, Error> {
    merged(&Tags::new(), tags.unwrap_or_default())
}

/// The tags of something after a request sets some.
fn merged(present: &Tags, added: Vec<Tag>) -> Result<Tags, Error> {
    let added: Vec<_> =
        added.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())).collect();
    let pairs = added.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    tags::merge(present, pairs).map_err(|error| match error {
        InvalidTag::TooMany => Error::TooManyTags,
        InvalidTag::Duplicate(key) => Error::DuplicateTagKeys(key),
        error => Error::invalid(error.to_string()),
    })
}
