//! GetScheduleGroup.

use std::sync::Arc;

use freehold_api::scheduler::{GetScheduleGroupInput, GetScheduleGroupOutput};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::lookup;
use crate::Events;
use crate::scheduler::errors::{Error, Result};

pub(super) async fn get_schedule_group(
    events: Arc<Events>,
    call: Call,
    input: GetScheduleGroupInput,
) -> Result<GetScheduleGroupOutput, freehold_wire::Error> {
    let now = events.now();
    let found =
        events.store.transact::<_, Error, _>(move |tx| lookup::group(tx, &call, &input.name.unwrap_or_default(), now));
    let group = found.await?;
    Ok(GetScheduleGroupOutput {
        arn: Some(group.arn),
        name: Some(group.name),
        state: Some("ACTIVE".into()),
        creation_date: Some(group.created),
        last_modification_date: Some(group.modified),
    })
}
