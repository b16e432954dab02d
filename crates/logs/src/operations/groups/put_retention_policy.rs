//! PutRetentionPolicy.

use std::sync::Arc;

use freehold_api::logs::PutRetentionPolicyRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::is_retention;

pub(super) async fn put_retention_policy(
    state: Arc<Logs>,
    call: Call,
    input: PutRetentionPolicyRequest,
) -> Result<Unit, freehold_wire::Error> {
    let days = input.retention_in_days.unwrap_or_default();
    if !is_retention(days) {
        let sentence = format!("{days} is not a number of days that retentionInDays can have.");
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
