//! PutLogGroupDeletionProtection.

use std::sync::Arc;

use freehold_api::logs::PutLogGroupDeletionProtectionRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;

pub(super) async fn put_log_group_deletion_protection(
    state: Arc<Logs>,
    call: Call,
    input: PutLogGroupDeletionProtectionRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = state.group_by(&call, None, input.log_group_identifier.as_deref())?;
    let is_protected = input.deletion_protection_enabled.unwrap_or_default();
    state
        .change(&group, move |group| {
            group.is_protected = is_protected;
            Ok(())
        })
        .await?;
    Ok(Unit)
}
