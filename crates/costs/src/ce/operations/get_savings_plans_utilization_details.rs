//! GetSavingsPlansUtilizationDetails: plan by plan.

use std::sync::Arc;

use freehold_api::ce::{
    GetSavingsPlansUtilizationDetailsRequest, GetSavingsPlansUtilizationDetailsResponse, SavingsPlansUtilizationDetail,
};
use freehold_wire::Call;

use super::super::errors::Result;
use super::super::filter::Filter;
use super::super::pages;
use super::super::period::Period;
use super::super::sort::Order;
use super::super::used::Planned;
use super::blocking;
use super::get_dimension_values::OF_PLANS;
use super::plans::check_any;
use crate::Costs;

const OPERATION: &str = "GetSavingsPlansUtilizationDetails";
/// *GetSavingsPlansUtilizationDetails: MaxResults: the default is 20*
const DEFAULT: usize = 20;
/// *GetSavingsPlansUtilizationDetails: SortBy*
const KEYS: [&str; 7] = [
    "UtilizationPercentage",
    "TotalCommitment",
    "UsedCommitment",
    "UnusedCommitment",
    "NetSavings",
    "AmortizedRecurringCommitment",
    "AmortizedUpfrontCommitment",
];

pub(in super::super) async fn get_savings_plans_utilization_details(
    costs: Arc<Costs>,
    call: Call,
    input: GetSavingsPlansUtilizationDetailsRequest,
) -> std::result::Result<GetSavingsPlansUtilizationDetailsResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(
    costs: &Costs,
    call: &Call,
    input: GetSavingsPlansUtilizationDetailsRequest,
) -> Result<GetSavingsPlansUtilizationDetailsResponse> {
    let query = format!(
        "{:?}",
        GetSavingsPlansUtilizationDetailsRequest { next_token: None, max_results: None, ..input.clone() }
    );
    let order = Order::read(input.sort_by, &KEYS)?;
    let filter = Filter::narrow(input.filter, OPERATION, &OF_PLANS)?;
    let period = Period::of_commitments(input.time_period, costs.now())?;
    let statement = costs.statement(call.account(), period, None)?;
    let mut details: Vec<(usize, Planned)> = Vec::new();
    let mut total = Planned::default();
    for part in &statement.parts {
        let plans = statement.own_plans(part, filter.as_ref());
        total = statement.planned(part, &plans);
        details.extend(plans.into_iter().map(|at| (at, statement.planned(part, &[at]))));
    }
    check_any(!details.is_empty(), call)?;
    if let Some(order) = &order {
        order.sort(&mut details, |(_, sum)| sum.figure(&order.key).unwrap_or_default());
    }
    let types = input.data_type.filter(|types| !types.is_empty());
    let is_wanted = |name: &str| types.as_ref().is_none_or(|types| types.iter().any(|one| one == name));
    let detail = |(at, sum): &(usize, Planned)| SavingsPlansUtilizationDetail {
        savings_plan_arn: statement.plan_arn(&statement.bill.biller().plans()[*at].id),
        attributes: is_wanted("ATTRIBUTES").then(|| statement.plan_attributes(*at)),
        utilization: is_wanted("UTILIZATION").then(|| sum.utilization()),
        savings: is_wanted("SAVINGS").then(|| sum.savings()),
        amortized_commitment: is_wanted("AMORTIZED_COMMITMENT").then(|| sum.amortized()),
    };
    let size = pages::size(input.max_results, DEFAULT);
    let all = details.iter().map(detail).collect();
    let (page, next_token) = pages::page(all, size, input.next_token.as_deref(), &query)?;
    Ok(GetSavingsPlansUtilizationDetailsResponse {
        savings_plans_utilization_details: Some(page),
        total: Some(total.shown()),
        time_period: Some(period.interval()),
        next_token,
    })
}
