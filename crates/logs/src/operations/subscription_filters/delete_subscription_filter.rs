//! DeleteSubscriptionFilter. What came before is still delivered.

use std::sync::Arc;

use freehold_api::logs::DeleteSubscriptionFilterRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::Group;

pub(super) async fn delete_subscription_filter(
    state: Arc<Logs>,
    call: Call,
    input: DeleteSubscriptionFilterRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    let name = input.filter_name.unwrap_or_default();
    let change =
        move |group: &mut Group| group.subscriptions.remove(&name).map(drop).ok_or(Error::NoFilter("subscription"));
    state.change(&group, change).await?;
    Ok(Unit)
}
