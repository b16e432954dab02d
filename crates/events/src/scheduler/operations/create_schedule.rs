//! CreateSchedule.

use std::sync::Arc;

use freehold_api::scheduler::{CreateScheduleInput, CreateScheduleOutput};
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::lookup;
use crate::Events;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::{DEFAULT_GROUP, Schedule, schedule_arn};
use crate::scheduler::read;

pub(super) async fn create_schedule(
    events: Arc<Events>,
    call: Call,
    input: CreateScheduleInput,
) -> Result<CreateScheduleOutput, freehold_wire::Error> {
    let fingerprint = format!("{:?}", CreateScheduleInput { client_token: None, ..input.clone() });
    let (now, token) = (events.now(), input.client_token.clone());
    let group = input.group_name.clone().unwrap_or_else(|| DEFAULT_GROUP.to_owned());
    let mut schedule = drafted(&events, &call, &group, input)?;
    let arn = events.store.transact::<_, Error, _>(move |tx| {
        let token = token.unwrap_or_default();
        let request = Request {
            account: call.account(),
            operation: "scheduler.CreateSchedule",
            token: &token,
            fingerprint: &fingerprint,
        };
        if !token.is_empty()
            && let Some(answer) = idempotency::recall::<String>(tx, &request)?
        {
            return Ok(answer);
        }
        lookup::group(tx, &call, &group, now)?;
        if tx.get::<Schedule>(&schedule.arn)?.is_some() {
            return Err(Error::Conflict(format!("Schedule {} already exists.", schedule.name)));
        }
        schedule.begin(now);
        tx.put(&schedule)?;
        if !token.is_empty() {
            idempotency::remember(tx, &request, &schedule.arn, now)?;
        }
        Ok(schedule.arn)
    });
    Ok(CreateScheduleOutput { schedule_arn: Some(arn.await?) })
}

/// The schedule that is asked for, not yet running.
pub(super) fn drafted(events: &Events, call: &Call, group: &str, input: CreateScheduleInput) -> Result<Schedule> {
    if input.kms_key_arn.is_some() {
        return Err(Error::invalid("Freehold does not have KmsKeyArn yet."));
    }
    let (name, now) = (input.name.unwrap_or_default(), events.now());
    let expression = input.schedule_expression.unwrap_or_default();
    let zone = input.schedule_expression_timezone;
    read::check_times(&expression, zone.as_deref(), input.start_date, input.end_date)?;
    let target = read::target(input.target.unwrap_or_default(), &events.targets)?;
    events.iam.check_service_role(&target.role, "scheduler.amazonaws.com").map_err(|_| {
        Error::invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
    })?;
    let arn = schedule_arn(&call.region, call.account(), group, &name);
    Ok(Schedule {
        arn,
        account: call.account().to_owned(),
        group: crate::scheduler::model::group_arn(&call.region, call.account(), group),
        group_name: group.to_owned(),
        name,
        expression,
        zone,
        start: input.start_date,
        end: input.end_date,
        description: input.description,
        is_enabled: input.state.as_deref() != Some("DISABLED"),
        target,
        window: read::window(input.flexible_time_window.as_ref())?,
        ends_deleted: input.action_after_completion.as_deref() == Some("DELETE"),
        created: now,
        modified: now,
        next: None,
    })
}
