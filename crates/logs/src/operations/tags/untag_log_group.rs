//! UntagLogGroup.

use std::sync::Arc;

use freehold_api::logs::UntagLogGroupRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;

pub(super) async fn untag_log_group(
    state: Arc<Logs>,
    call: Call,
    input: UntagLogGroupRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    super::untag(&state, &group, input.tags.unwrap_or_default()).await?;
    Ok(Unit)
}
