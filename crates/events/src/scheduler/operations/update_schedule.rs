//! UpdateSchedule: all of a schedule is said anew; what is not said is as if it had never been.

use std::sync::Arc;

use freehold_api::scheduler::{CreateScheduleInput, UpdateScheduleInput, UpdateScheduleOutput};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::create_schedule::drafted;
use super::lookup;
use crate::Events;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::DEFAULT_GROUP;

pub(super) async fn update_schedule(
    events: Arc<Events>,
    call: Call,
    input: UpdateScheduleInput,
) -> Result<UpdateScheduleOutput, freehold_wire::Error> {
    let group = input.group_name.clone().unwrap_or_else(|| DEFAULT_GROUP.to_owned());
    let asked = CreateScheduleInput {
        name: input.name,
        group_name: input.group_name,
        schedule_expression: input.schedule_expression,
        start_date: input.start_date,
        end_date: input.end_date,
        description: input.description,
        schedule_expression_timezone: input.schedule_expression_timezone,
        state: input.state,
        kms_key_arn: input.kms_key_arn,
        target: input.target,
        flexible_time_window: input.flexible_time_window,
        // Doing it twice is doing it once.
        client_token: None,
        action_after_completion: input.action_after_completion,
    };
    let (mut schedule, now) = (drafted(&events, &call, &group, asked)?, events.now());
    let updated = events.store.transact::<_, Error, _>(move |tx| {
        let before = lookup::schedule(tx, &call, Some(&group), &schedule.name)?;
        schedule.created = before.created;
        schedule.next = schedule.following(now);
        tx.put(&schedule)?;
        Ok(schedule.arn)
    });
    Ok(UpdateScheduleOutput { schedule_arn: Some(updated.await?) })
}
