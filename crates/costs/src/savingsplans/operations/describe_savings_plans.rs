//! DescribeSavingsPlans.

use std::sync::Arc;

use freehold_api::savingsplans::{DescribeSavingsPlansRequest, DescribeSavingsPlansResponse, SavingsPlan};
use freehold_billing::model::Plan;
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use super::super::{pages, rates, view};
use crate::Costs;

pub(in super::super) async fn describe_savings_plans(
    costs: Arc<Costs>,
    call: Call,
    input: DescribeSavingsPlansRequest,
) -> std::result::Result<DescribeSavingsPlansResponse, freehold_wire::Error> {
    let (savings_plans, next_token) = find(&costs, &call, input)?;
    Ok(DescribeSavingsPlansResponse { savings_plans: Some(savings_plans), next_token })
}

fn find(costs: &Costs, call: &Call, input: DescribeSavingsPlansRequest) -> Result<(Vec<SavingsPlan>, Option<String>)> {
    let query = [
        call.account().to_owned(),
        format!("{:?}", DescribeSavingsPlansRequest { next_token: None, max_results: None, ..input.clone() }),
    ];
    let (ids, arns) = (input.savings_plan_ids.unwrap_or_default(), input.savings_plan_arns.unwrap_or_default());
    let (states, filters) = (input.states.unwrap_or_default(), input.filters.unwrap_or_default());
    let mut plans = costs.store.list::<Plan>(&Filter::account(call.account()))?;
    // In the order of purchase, so that later ones are at the end and no page shifts.
    plans.sort_by(|a, b| (a.purchased, &a.id).cmp(&(b.purchased, &b.id)));
    plans.retain(|plan| rates::any(&ids, &plan.id) && rates::any(&arns, &plan.arn()));
    let (region, now) = (costs.ledger.region(), costs.now());
    let mut found = Vec::new();
    for plan in &plans {
        let Some(offer) = costs.offer_of(plan) else { continue };
        let shown = view::plan(plan, &offer, region, now);
        let mut is_asked_for = rates::any(&states, shown.state.as_deref().unwrap_or_default());
        for filter in &filters {
            let values = filter.values.as_deref().unwrap_or_default();
            let value = value_of(&shown, filter.name.as_deref().unwrap_or_default())?;
            is_asked_for &= value.is_some_and(|value| values.contains(&value));
        }
        if is_asked_for {
            found.push(shown);
        }
    }
    pages::page_of(found.into_iter(), input.max_results, input.next_token.as_deref(), &query)
}

/// What a filter looks at (*SavingsPlanFilter: name*).
fn value_of(plan: &SavingsPlan, name: &str) -> Result<Option<String>> {
    Ok(match name {
        "region" => plan.region.clone(),
        "ec2-instance-family" | "instance-family" => plan.ec2_instance_family.clone(),
        "commitment" => plan.commitment.clone(),
        "upfront" => plan.upfront_payment_amount.clone(),
        "term" => plan.term_duration_in_seconds.map(|seconds| seconds.to_string()),
        "savings-plan-type" => plan.savings_plan_type.clone(),
        "payment-option" => plan.payment_option.clone(),
        "start" => plan.start.clone(),
        "end" => plan.end.clone(),
        other => return Err(Error::invalid(format!("The filter {other} is not valid."))),
    })
}
