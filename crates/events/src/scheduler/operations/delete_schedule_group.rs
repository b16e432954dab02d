//! DeleteScheduleGroup: with all of its schedules.

use std::sync::Arc;

use freehold_api::scheduler::{DeleteScheduleGroupInput, DeleteScheduleGroupOutput};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::lookup;
use crate::Events;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::{DEFAULT_GROUP, Group, Schedule};

pub(super) async fn delete_schedule_group(
    events: Arc<Events>,
    call: Call,
    input: DeleteScheduleGroupInput,
) -> Result<DeleteScheduleGroupOutput, freehold_wire::Error> {
    let (name, now) = (input.name.unwrap_or_default(), events.now());
    if name == DEFAULT_GROUP {
        return Err(Error::invalid("Default schedule group cannot be deleted.").into());
    }
    let deleted = events.store.transact::<_, Error, _>(move |tx| {
        let group = lookup::group(tx, &call, &name, now)?;
        for schedule in tx.list::<Schedule>(&Filter::index(0, &group.arn))? {
            tx.delete::<Schedule>(&schedule.arn)?;
        }
        tx.delete::<Group>(&group.arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(DeleteScheduleGroupOutput::default())
}
