//! PutRetentionPolicy.

use std::sync::Arc;

use freehold_api::logs::PutRetentionPolicyRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::{RETENTIONS, is_retention};

pub(super) async fn put_retention_policy(
    state: Arc<Logs>,
    call: Call,
    input: PutRetentionPolicyRequest,
) -> Result<Unit, freehold_wire::Error> {
    let days = input.retention_in_days.unwrap_or_default();
    if !is_retention(days) {
        let known: Vec<_> = RETENTIONS.iter().map(i32::to_string).collect();
        let known = known.join(", ");
        let sentence = format!(
            "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must \
             satisfy enum value set: [{known}]"
        );
        return Err(Error::InvalidParameter(sentence).into());
    }
    let group = state.group(&call, input.log_group_name.as_deref())?;
    state
        .change(&group, move |group| {
            group.retention_days = Some(days);
            Ok(())
        })
        .await?;
    Ok(Unit)
}
