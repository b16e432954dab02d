//! How what all resources have is shown. Each family of operations shows its own resources in its `view` module.

use freehold_api::ec2 as api;

use jiff::Timestamp;

use crate::model::Tags;

/// Tags as answers carry them; none is no list at all.
pub(crate) fn tags(tags: &Tags) -> Option<Vec<api::Tag>> {
    let list: Vec<_> =
        tags.iter().map(|(key, value)| api::Tag { key: Some(key.into()), value: Some(value.into()) }).collect();
    (!list.is_empty()).then_some(list)
}

/// A time in answers that carry it as text, and in filters: `2026-11-23T17:00:00.000Z`.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
