//! GetSchedule.

use std::sync::Arc;

use freehold_api::scheduler::{GetScheduleInput, GetScheduleOutput};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::lookup;
use crate::Events;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::show;

pub(super) async fn get_schedule(
    events: Arc<Events>,
    call: Call,
    input: GetScheduleInput,
) -> Result<GetScheduleOutput, freehold_wire::Error> {
    let found = events.store.transact::<_, Error, _>(move |tx| {
        lookup::schedule(tx, &call, input.group_name.as_deref(), &input.name.unwrap_or_default())
    });
    let schedule = found.await?;
    Ok(GetScheduleOutput {
        state: Some(show::state(&schedule)),
        arn: Some(schedule.arn),
        group_name: Some(schedule.group_name),
        name: Some(schedule.name),
        schedule_expression: Some(schedule.expression),
        start_date: schedule.start,
        end_date: schedule.end,
        description: schedule.description,
        schedule_expression_timezone: Some(schedule.zone.unwrap_or_else(|| "UTC".into())),
        creation_date: Some(schedule.created),
        last_modification_date: Some(schedule.modified),
        kms_key_arn: None,
        target: Some(show::target(schedule.target)),
        flexible_time_window: Some(show::window(schedule.window)),
        action_after_completion: Some(if schedule.ends_deleted { "DELETE" } else { "NONE" }.into()),
    })
}
