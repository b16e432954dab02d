//! Tags of log groups, by the operations for all resources and by the older ones for groups alone.

mod list_tags_for_resource;
mod list_tags_log_group;
mod tag_log_group;
mod tag_resource;
mod untag_log_group;
mod untag_resource;

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::logs::op;
use freehold_core::tags::{self, InvalidTag, Tags};
use freehold_wire::{Call, Service};

use crate::Logs;
use crate::errors::Error;
use crate::model::Group;

pub(super) fn register(service: Service, state: &Arc<Logs>) -> Service {
    service
        .on(op::TagResource, state, tag_resource::tag_resource)
        .on(op::UntagResource, state, untag_resource::untag_resource)
        .on(op::ListTagsForResource, state, list_tags_for_resource::list_tags_for_resource)
        .on(op::TagLogGroup, state, tag_log_group::tag_log_group)
        .on(op::UntagLogGroup, state, untag_log_group::untag_log_group)
        .on(op::ListTagsLogGroup, state, list_tags_log_group::list_tags_log_group)
}

/// Tags with those of a request.
pub(super) fn merged(present: &Tags, added: &BTreeMap<String, String>) -> Result<Tags, Error> {
    let pairs = added.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    tags::merge(present, pairs).map_err(|error| match error {
        InvalidTag::TooMany => Error::TooManyTags(error.to_string()),
        _ => Error::InvalidParameter(error.to_string()),
    })
}

async fn tag(state: &Logs, group: &Group, added: BTreeMap<String, String>) -> Result<(), Error> {
    let change = move |group: &mut Group| {
        group.tags = merged(&group.tags, &added)?;
        Ok(())
    };
    state.change(group, change).await.map(drop)
}

async fn untag(state: &Logs, group: &Group, keys: Vec<String>) -> Result<(), Error> {
    let change = move |group: &mut Group| {
        group.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    };
    state.change(group, change).await.map(drop)
}

/// The caller's group that an ARN names.
fn resource(state: &Logs, call: &Call, arn: Option<&str>) -> Result<Group, Error> {
    let arn = arn.unwrap_or_default();
    if !arn.starts_with("arn:") {
        return Err(Error::InvalidParameter(format!("{arn} is not an ARN.")));
    }
    state.group_by(call, None, Some(arn))
}
