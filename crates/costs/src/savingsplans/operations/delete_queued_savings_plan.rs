//! DeleteQueuedSavingsPlan: what has not begun and never will.

use std::sync::Arc;

use freehold_api::savingsplans::{DeleteQueuedSavingsPlanRequest, DeleteQueuedSavingsPlanResponse};
use freehold_billing::model::PlanState;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::super::errors::Error;
use super::lookup;
use crate::Costs;

pub(in super::super) async fn delete_queued_savings_plan(
    costs: Arc<Costs>,
    call: Call,
    input: DeleteQueuedSavingsPlanRequest,
) -> Result<DeleteQueuedSavingsPlanResponse, freehold_wire::Error> {
    let (id, now) = (input.savings_plan_id.unwrap_or_default(), costs.now());
    let deleted = costs.store.transact::<_, Error, _>(move |tx| {
        let mut plan = lookup::within(tx, &call, &id)?;
        let state = plan.state(now);
        if state != PlanState::Queued {
            let state = state.name();
            return Err(Error::invalid(format!("Savings Plan {id} is {state}: only a queued one can be deleted.")));
        }
        plan.deleted = Some(now);
        Ok(tx.put(&plan)?)
    });
    deleted.await?;
    Ok(DeleteQueuedSavingsPlanResponse {})
}
