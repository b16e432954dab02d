//! DeleteMetricFilter. What it measured stays.

use std::sync::Arc;

use freehold_api::logs::DeleteMetricFilterRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::Group;

pub(super) async fn delete_metric_filter(
    state: Arc<Logs>,
    call: Call,
    input: DeleteMetricFilterRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    let name = input.filter_name.unwrap_or_default();
    let change = move |group: &mut Group| group.metric_filters.remove(&name).map(drop).ok_or(Error::NoFilter("metric"));
    state.change(&group, change).await?;
    Ok(Unit)
}
