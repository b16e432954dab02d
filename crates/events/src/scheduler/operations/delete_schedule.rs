//! DeleteSchedule.

use std::sync::Arc;

use freehold_api::scheduler::{DeleteScheduleInput, DeleteScheduleOutput};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::lookup;
use crate::Events;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::Schedule;

pub(super) async fn delete_schedule(
    events: Arc<Events>,
    call: Call,
    input: DeleteScheduleInput,
) -> Result<DeleteScheduleOutput, freehold_wire::Error> {
    let deleted = events.store.transact::<_, Error, _>(move |tx| {
        let name = input.name.unwrap_or_default();
        let schedule = lookup::schedule(tx, &call, input.group_name.as_deref(), &name)?;
        tx.delete::<Schedule>(&schedule.arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(DeleteScheduleOutput::default())
}
