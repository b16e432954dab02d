//! Tags of alarms.

mod list_tags_for_resource;
mod tag_resource;
mod untag_resource;

use std::sync::Arc;

use freehold_api::cloudwatch::op;
use freehold_core::Arn;
use freehold_wire::{Call, Service};

use crate::CloudWatch;
use crate::errors::Error;
use crate::model::Alarm;

pub(super) fn register(service: Service, state: &Arc<CloudWatch>) -> Service {
    service
        .on(op::ListTagsForResource, state, list_tags_for_resource::list_tags_for_resource)
        .on(op::TagResource, state, tag_resource::tag_resource)
        .on(op::UntagResource, state, untag_resource::untag_resource)
}

/// The alarm of the caller that an ARN names.
fn alarm(state: &CloudWatch, call: &Call, arn: Option<String>) -> Result<Arc<Alarm>, Error> {
    let text = arn.unwrap_or_default();
    let arn: Arn = text.parse().map_err(|_| Error::InvalidParameterValue(format!("Invalid ARN: {text}")))?;
    if arn.service != "cloudwatch" {
        return Err(Error::InvalidParameterValue(format!("Invalid ARN: {text}")));
    }
    let found = state.book.by_arn(&text).filter(|alarm| alarm.account == call.account());
    found.ok_or(Error::NoResource(text))
}
