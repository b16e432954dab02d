//! TagResource.

use std::sync::Arc;

use freehold_api::cloudwatch::{TagResourceInput, TagResourceOutput};
use freehold_core::tags;
use freehold_wire::Call;

use crate::CloudWatch;
use crate::errors::Error;

pub(super) async fn tag_resource(
    state: Arc<CloudWatch>,
    call: Call,
    input: TagResourceInput,
) -> Result<TagResourceOutput, freehold_wire::Error> {
    let alarm = super::alarm(&state, &call, input.resource_arn)?;
    let added: Vec<_> = input
        .tags
        .unwrap_or_default()
        .into_iter()
        .map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()))
        .collect();
    let change = move |alarm: &mut crate::model::Alarm| {
        let pairs = added.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let merged = tags::merge(&alarm.tags, pairs);
        alarm.tags = merged.map_err(|error| Error::InvalidParameterValue(error.to_string()))?;
        Ok(())
    };
    if !state.change_alarm(&alarm.arn, change).await? {
        return Err(Error::NoResource(alarm.arn.clone()).into());
    }
    Ok(TagResourceOutput {})
}
