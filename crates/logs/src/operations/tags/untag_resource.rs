//! UntagResource.

use std::sync::Arc;

use freehold_api::logs::UntagResourceRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;

pub(super) async fn untag_resource(
    state: Arc<Logs>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = super::resource(&state, &call, input.resource_arn.as_deref())?;
    super::untag(&state, &group, input.tag_keys.unwrap_or_default()).await?;
    Ok(Unit)
}
