//! How what all resources have is shown. Each family of operations shows its own resources in its `view` module.

use freehold_api::ec2 as api;

use crate::model::Tags;

/// Tags as answers carry them; none is no list at all.
pub(crate) fn tags(tags: &Tags) -> Option<Vec<api::Tag>> {
    let list: Vec<_> =
        tags.iter().map(|(key, value)| api::Tag { key: Some(key.into()), value: Some(value.into()) }).collect();
    (!list.is_empty()).then_some(list)
}
