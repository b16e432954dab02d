//! CreateScheduleGroup.

use std::sync::Arc;

use freehold_api::scheduler::{CreateScheduleGroupInput, CreateScheduleGroupOutput};
use freehold_store::idempotency::{self, Request};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::tags;
use crate::Events;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::{DEFAULT_GROUP, Group};

/// *EventBridge Scheduler quotas: schedule groups*.
const MOST: usize = 500;

pub(super) async fn create_schedule_group(
    events: Arc<Events>,
    call: Call,
    input: CreateScheduleGroupInput,
) -> Result<CreateScheduleGroupOutput, freehold_wire::Error> {
    let now = events.now();
    let fingerprint = format!("{:?} {:?}", input.name, input.tags);
    let token = input.client_token.unwrap_or_default();
    let tags = tags::merged(&Default::default(), input.tags)?;
    let name = input.name.unwrap_or_default();
    let group = Group { tags, ..Group::new(&call.region, call.account(), &name, now) };
    let made = events.store.transact::<_, Error, _>(move |tx| {
        let request = Request {
            account: call.account(),
            operation: "scheduler.CreateScheduleGroup",
            token: &token,
            fingerprint: &fingerprint,
        };
        if !token.is_empty()
            && let Some(answer) = idempotency::recall::<String>(tx, &request)?
        {
            return Ok(answer);
        }
        if name == DEFAULT_GROUP || tx.get::<Group>(&group.arn)?.is_some() {
            return Err(Error::Conflict(format!("Schedule group {name} already exists.")));
        }
        if tx.list::<Group>(&Filter::account(call.account()))?.len() >= MOST {
            return Err(Error::QuotaExceeded(format!("An account can have up to {MOST} schedule groups.")));
        }
        tx.put(&group)?;
        if !token.is_empty() {
            idempotency::remember(tx, &request, &group.arn, now)?;
        }
        Ok(group.arn)
    });
    Ok(CreateScheduleGroupOutput { schedule_group_arn: Some(made.await?) })
}
