//! ReturnSavingsPlan: within a week, and then it is as if it had never been bought.

use std::sync::Arc;

use freehold_api::savingsplans::{ReturnSavingsPlanRequest, ReturnSavingsPlanResponse};
use freehold_billing::model::{Plan, PlanState};
use freehold_store::idempotency::{self, Request};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::errors::{Error, Result};
use super::create_savings_plan::recall;
use super::lookup;
use crate::Costs;

/// Of one account in a calendar year (*Savings Plans user guide, Quotas and restrictions*).
const MOST_A_YEAR: usize = 10;

pub(in super::super) async fn return_savings_plan(
    costs: Arc<Costs>,
    call: Call,
    input: ReturnSavingsPlanRequest,
) -> std::result::Result<ReturnSavingsPlanResponse, freehold_wire::Error> {
    let (id, token, now) = (input.savings_plan_id.unwrap_or_default(), input.client_token, costs.now());
    let returned = costs.store.transact::<_, Error, _>(move |tx| {
        let (account, operation) = (call.account(), "savingsplans.ReturnSavingsPlan");
        let request = token.as_deref().map(|token| Request { account, operation, token, fingerprint: &id });
        if let Some(known) = recall(tx, request.as_ref())? {
            return Ok(known);
        }
        let mut plan = lookup::within(tx, &call, &id)?;
        check(tx, &plan, now)?;
        plan.returned = Some(now);
        tx.put(&plan)?;
        if let Some(request) = &request {
            idempotency::remember(tx, request, &plan.id, now)?;
        }
        Ok(plan.id)
    });
    Ok(ReturnSavingsPlanResponse { savings_plan_id: Some(returned.await?) })
}

fn check(tx: &mut dyn Tx, plan: &Plan, now: Timestamp) -> Result<()> {
    let state = plan.state(now);
    if state != PlanState::Active {
        let (id, state) = (&plan.id, state.name());
        return Err(Error::invalid(format!("Savings Plan {id} is {state}: only an active one can be returned.")));
    }
    if plan.returnable_until().is_none_or(|until| until < now) {
        let why = "Savings Plan cannot be returned: its commitment must be up to $100 an hour, and it must have been \
                   purchased in the last seven days and in the same calendar month.";
        return Err(Error::invalid(why));
    }
    let year = |at: Timestamp| at.to_zoned(TimeZone::UTC).year();
    let plans = tx.list::<Plan>(&Filter::account(&plan.account))?;
    let returned = plans.iter().filter_map(|plan| plan.returned).filter(|at| year(*at) == year(now)).count();
    if returned >= MOST_A_YEAR {
        return Err(Error::QuotaExceeded(format!(
            "Up to {MOST_A_YEAR} Savings Plans can be returned in a calendar year."
        )));
    }
    Ok(())
}
