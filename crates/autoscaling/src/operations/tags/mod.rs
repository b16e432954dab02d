//! Tags of groups.

mod create_or_update_tags;
mod delete_tags;
mod describe_tags;

use freehold_api::autoscaling::{Tag as Said, op};
use freehold_core::tags::{self, InvalidTag};

use super::Operations;
use crate::errors::{Error, Result};
use crate::model::{Group, Tag};

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::CreateOrUpdateTags, create_or_update_tags::create_or_update_tags)
        .on(op::DeleteTags, delete_tags::delete_tags)
        .on(op::DescribeTags, describe_tags::describe_tags)
}

/// Sets tags of a group, each key once.
pub(super) fn set(group: &mut Group, said: Vec<Said>) -> Result<()> {
    let pairs =
        said.iter().map(|tag| (tag.key.as_deref().unwrap_or_default(), tag.value.as_deref().unwrap_or_default()));
    tags::check_all(pairs).map_err(refuse)?;
    for tag in said {
        let (value, propagate) = (tag.value.unwrap_or_default(), tag.propagate_at_launch.unwrap_or(true));
        group.tags.insert(tag.key.unwrap_or_default(), Tag { value, propagate });
    }
    if group.tags.len() > tags::TAGS_AT_MOST {
        return Err(refuse(InvalidTag::TooMany));
    }
    Ok(())
}

fn refuse(invalid: InvalidTag) -> Error {
    match invalid {
        InvalidTag::TooMany => Error::LimitExceeded("The maximum number of tags has been reached.".into()),
        other => Error::validation(other.to_string()),
    }
}

/// The group that a tag is of.
fn owner(tag: &Said) -> Result<String> {
    match tag.resource_type.as_deref() {
        None | Some("auto-scaling-group") => {}
        Some(other) => return Err(Error::validation(format!("Resource type {other} is not valid."))),
    }
    tag.resource_id.clone().ok_or_else(|| Error::validation("ResourceId must be specified."))
}
