//! DeleteRetentionPolicy: events are kept for ever.

use std::sync::Arc;

use freehold_api::logs::DeleteRetentionPolicyRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;

pub(super) async fn delete_retention_policy(
    state: Arc<Logs>,
    call: Call,
    input: DeleteRetentionPolicyRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    state
        .change(&group, |group| {
            group.retention_days = None;
            Ok(())
        })
        .await?;
    Ok(Unit)
}
