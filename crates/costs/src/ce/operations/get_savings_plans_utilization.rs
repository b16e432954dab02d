//! GetSavingsPlansUtilization.

use std::sync::Arc;

use freehold_api::ce::{
    GetSavingsPlansUtilizationRequest, GetSavingsPlansUtilizationResponse, SavingsPlansUtilizationByTime,
};
use freehold_wire::Call;

use super::super::errors::Result;
use super::super::filter::Filter;
use super::super::period::{Granularity, Period};
use super::super::sort::Order;
use super::blocking;
use super::get_dimension_values::OF_PLANS;
use super::plans::check_any;
use crate::Costs;

const OPERATION: &str = "GetSavingsPlansUtilization";
/// *GetSavingsPlansUtilization: SortBy*
const KEYS: [&str; 5] =
    ["UtilizationPercentage", "TotalCommitment", "UsedCommitment", "UnusedCommitment", "NetSavings"];

pub(in super::super) async fn get_savings_plans_utilization(
    costs: Arc<Costs>,
    call: Call,
    input: GetSavingsPlansUtilizationRequest,
) -> std::result::Result<GetSavingsPlansUtilizationResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(
    costs: &Costs,
    call: &Call,
    input: GetSavingsPlansUtilizationRequest,
) -> Result<GetSavingsPlansUtilizationResponse> {
    let granularity = Granularity::coarse(input.granularity.as_deref(), OPERATION)?;
    let order = Order::read(input.sort_by, &KEYS)?;
    let filter = Filter::narrow(input.filter, OPERATION, &OF_PLANS)?;
    let period = Period::of_commitments(input.time_period, costs.now())?;
    let statement = costs.statement(call.account(), period, granularity)?;
    let mut total = super::super::used::Planned::default();
    let (mut results, mut is_any) = (Vec::new(), false);
    for part in &statement.parts {
        let plans = statement.own_plans(part, filter.as_ref());
        is_any |= !plans.is_empty();
        for at in &plans {
            total.add(&statement.bill.biller().plans()[*at], &part.plans[*at]);
        }
        results.push((part.period.interval(), statement.planned(part, &plans)));
    }
    check_any(is_any, call)?;
    if let Some(order) = &order {
        order.sort(&mut results, |(_, sum)| sum.figure(&order.key).unwrap_or_default());
    }
    let by_time = results.into_iter().map(|(time_period, sum)| SavingsPlansUtilizationByTime {
        time_period: Some(time_period),
        utilization: Some(sum.utilization()),
        savings: Some(sum.savings()),
        amortized_commitment: Some(sum.amortized()),
    });
    Ok(GetSavingsPlansUtilizationResponse {
        // *Granularity*: without one there is a total alone.
        savings_plans_utilizations_by_time: granularity.map(|_| by_time.collect()),
        total: Some(total.shown()),
    })
}
