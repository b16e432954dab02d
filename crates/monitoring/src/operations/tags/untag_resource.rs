//! UntagResource. Keys that are not there are gone already.

use std::sync::Arc;

use freehold_api::cloudwatch::{UntagResourceInput, UntagResourceOutput};
use freehold_wire::Call;

use crate::CloudWatch;
use crate::errors::Error;

pub(super) async fn untag_resource(
    state: Arc<CloudWatch>,
    call: Call,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, freehold_wire::Error> {
    let alarm = super::alarm(&state, &call, input.resource_arn)?;
    let keys = input.tag_keys.unwrap_or_default();
    let change = move |alarm: &mut crate::model::Alarm| {
        alarm.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    };
    if !state.change_alarm(&alarm.arn, change).await? {
        return Err(Error::NoResource(alarm.arn.clone()).into());
    }
    Ok(UntagResourceOutput {})
}
