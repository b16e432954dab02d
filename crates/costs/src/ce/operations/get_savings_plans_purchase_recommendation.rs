//! GetSavingsPlansPurchaseRecommendation: made when it is asked for.

use std::sync::Arc;

use freehold_api::ce::{
    GetSavingsPlansPurchaseRecommendationRequest, GetSavingsPlansPurchaseRecommendationResponse,
    SavingsPlansPurchaseRecommendation, SavingsPlansPurchaseRecommendationMetadata,
    SavingsPlansPurchaseRecommendationSummary,
};
use freehold_billing::offers::{Payment, Term};
use freehold_core::ids;
use freehold_wire::Call;
use rust_decimal::Decimal;

use super::super::dimension::Dimension;
use super::super::errors::{Error, Result};
use super::super::filter::Filter;
use super::super::pages;
use super::super::period::Period;
use super::super::recommend::{Advice, is_own};
use super::blocking;
use crate::Costs;
use crate::money::{billed, percent, plain};
use crate::savingsplans::names::CURRENCY;

const OPERATION: &str = "GetSavingsPlansPurchaseRecommendation";
/// Recommendations of an answer.
const MOST: usize = 100;
const HOURS_A_DAY: Decimal = Decimal::from_parts(24, 0, 0, false, 0);

pub(in super::super) async fn get_savings_plans_purchase_recommendation(
    costs: Arc<Costs>,
    call: Call,
    input: GetSavingsPlansPurchaseRecommendationRequest,
) -> std::result::Result<GetSavingsPlansPurchaseRecommendationResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(
    costs: &Costs,
    call: &Call,
    input: GetSavingsPlansPurchaseRecommendationRequest,
) -> Result<GetSavingsPlansPurchaseRecommendationResponse> {
    let query = format!(
        "{:?}",
        GetSavingsPlansPurchaseRecommendationRequest { next_page_token: None, page_size: None, ..input.clone() }
    );
    let is_compute = match input.savings_plans_type.as_deref() {
        Some("COMPUTE_SP") => true,
        Some("EC2_INSTANCE_SP") => false,
        other => return Err(Error::unsupported(format_args!("The plan type {}", other.unwrap_or_default()))),
    };
    let term = if input.term_in_years.as_deref() == Some("THREE_YEARS") { Term::ThreeYears } else { Term::OneYear };
    let payment = match input.payment_option.as_deref() {
        Some("NO_UPFRONT") => Payment::NoUpfront,
        Some("PARTIAL_UPFRONT") => Payment::PartialUpfront,
        Some("ALL_UPFRONT") => Payment::AllUpfront,
        other => {
            let other = other.unwrap_or_default();
            return Err(Error::invalid(format!("Savings Plans have no payment option {other}.")));
        }
    };
    let days = match input.lookback_period_in_days.as_deref() {
        Some("SEVEN_DAYS") => 7,
        Some("SIXTY_DAYS") => 60,
        _ => 30,
    };
    let filter = Filter::narrow(input.filter, OPERATION, &[Dimension::LinkedAccount])?;
    let is_asked_for = is_own(filter, call.account(), OPERATION)?;
    let now = costs.now();
    let usage = costs.left_on_demand(call.account(), Period::looking_back(days, now))?;
    let advice = if is_asked_for { costs.advise(&usage, is_compute, term, payment) } else { Vec::new() };
    let region = costs.ledger.region();
    let details = advice.iter().map(|advice| advice.shown(call.account(), region)).collect();
    let size = pages::size(input.page_size.filter(|size| *size > 0), MOST);
    let (details, next_page_token) = pages::page(details, size, input.next_page_token.as_deref(), &query)?;
    Ok(GetSavingsPlansPurchaseRecommendationResponse {
        metadata: Some(SavingsPlansPurchaseRecommendationMetadata {
            recommendation_id: Some(ids::uuid()),
            generation_timestamp: Some(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            additional_metadata: None,
        }),
        savings_plans_purchase_recommendation: Some(SavingsPlansPurchaseRecommendation {
            account_scope: Some(input.account_scope.unwrap_or_else(|| "PAYER".to_owned())),
            savings_plans_type: input.savings_plans_type,
            term_in_years: input.term_in_years,
            payment_option: input.payment_option,
            lookback_period_in_days: input.lookback_period_in_days,
            savings_plans_purchase_recommendation_details: Some(details),
            savings_plans_purchase_recommendation_summary: Some(summary(&advice)),
        }),
        next_page_token,
    })
}

fn summary(advice: &[Advice]) -> SavingsPlansPurchaseRecommendationSummary {
    let sum = |of: fn(&Advice) -> Decimal| advice.iter().map(of).sum::<Decimal>();
    let (before, saved, commitment) = (sum(|it| it.before), sum(Advice::saving), sum(|it| it.commitment));
    let plan_cost = sum(|it| it.plan_cost);
    SavingsPlansPurchaseRecommendationSummary {
        estimated_roi: Some(billed(percent(saved, plan_cost))),
        currency_code: Some(CURRENCY.to_owned()),
        estimated_total_cost: Some(billed(before - saved)),
        current_on_demand_spend: Some(billed(before)),
        estimated_savings_amount: Some(billed(saved)),
        total_recommendation_count: Some(advice.len().to_string()),
        daily_commitment_to_purchase: Some(plain(commitment * HOURS_A_DAY)),
        hourly_commitment_to_purchase: Some(plain(commitment)),
        estimated_savings_percentage: Some(billed(percent(saved, before))),
        estimated_monthly_savings_amount: Some(billed(sum(Advice::monthly_saving))),
        estimated_on_demand_cost_with_current_commitment: Some(billed(before)),
    }
}
