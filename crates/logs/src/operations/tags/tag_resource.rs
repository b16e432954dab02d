//! TagResource.

use std::sync::Arc;

use freehold_api::logs::TagResourceRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;

pub(super) async fn tag_resource(
    state: Arc<Logs>,
    call: Call,
    input: TagResourceRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = super::resource(&state, &call, input.resource_arn.as_deref())?;
    super::tag(&state, &group, input.tags.unwrap_or_default()).await?;
    Ok(Unit)
}
