//! GetReservationPurchaseRecommendation: made when it is asked for.

use std::sync::Arc;

use freehold_api::ce::{
    EC2Specification, GetReservationPurchaseRecommendationRequest, GetReservationPurchaseRecommendationResponse,
    ReservationPurchaseRecommendation, ReservationPurchaseRecommendationMetadata,
    ReservationPurchaseRecommendationSummary, ServiceSpecification,
};
use freehold_billing::offers::{Class, Payment, Term};
use freehold_core::ids;
use freehold_wire::Call;
use rust_decimal::Decimal;

use super::super::dimension::Dimension;
use super::super::errors::{Error, Result};
use super::super::filter::Filter;
use super::super::lines::EC2_COMPUTE;
use super::super::pages;
use super::super::period::Period;
use super::super::recommend::is_own;
use super::super::reserve::Advice;
use super::blocking;
use crate::Costs;
use crate::money::{billed, percent};
use crate::savingsplans::names::CURRENCY;

const OPERATION: &str = "GetReservationPurchaseRecommendation";
/// Details of an answer.
const MOST: usize = 100;

pub(in super::super) async fn get_reservation_purchase_recommendation(
    costs: Arc<Costs>,
    call: Call,
    input: GetReservationPurchaseRecommendationRequest,
) -> std::result::Result<GetReservationPurchaseRecommendationResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(
    costs: &Costs,
    call: &Call,
    input: GetReservationPurchaseRecommendationRequest,
) -> Result<GetReservationPurchaseRecommendationResponse> {
    let query = format!(
        "{:?}",
        GetReservationPurchaseRecommendationRequest { next_page_token: None, page_size: None, ..input.clone() }
    );
    match input.service.as_deref().unwrap_or_default() {
        EC2_COMPUTE | "AmazonEC2" => {}
        other => return Err(Error::unsupported(format_args!("Recommending reservations of the service {other}"))),
    }
    let (term, term_name) = match input.term_in_years.as_deref() {
        Some("THREE_YEARS") => (Term::ThreeYears, "THREE_YEARS"),
        _ => (Term::OneYear, "ONE_YEAR"),
    };
    let payment_name = input.payment_option.unwrap_or_else(|| "NO_UPFRONT".to_owned());
    let payment = payment(&payment_name)?;
    let (days, lookback) = match input.lookback_period_in_days.as_deref() {
        Some("THIRTY_DAYS") => (30, "THIRTY_DAYS"),
        Some("SIXTY_DAYS") => (60, "SIXTY_DAYS"),
        _ => (7, "SEVEN_DAYS"),
    };
    let specified = input.service_specification.and_then(|it| it.ec2_specification?.offering_class);
    let (class, class_name) = match specified.as_deref() {
        Some("CONVERTIBLE") => (Class::Convertible, "CONVERTIBLE"),
        _ => (Class::Standard, "STANDARD"),
    };
    let filter = Filter::narrow(input.filter, OPERATION, &[Dimension::LinkedAccount])?;
    let is_asked_for =
        is_own(filter, call.account(), OPERATION)? && input.account_id.is_none_or(|id| id == call.account());
    let now = costs.now();
    let usage = costs.left_on_demand(call.account(), Period::looking_back(days, now))?;
    let advice = if is_asked_for { costs.reserve(&usage, class, term, payment) } else { Vec::new() };
    let region = costs.ledger.region();
    let details: Vec<_> = advice.iter().map(|advice| advice.shown(call.account(), region)).collect();
    let size = pages::size(input.page_size.filter(|size| *size > 0), MOST);
    let (details, next_page_token) = pages::page(details, size, input.next_page_token.as_deref(), &query)?;
    let recommendation = ReservationPurchaseRecommendation {
        account_scope: Some(input.account_scope.unwrap_or_else(|| "PAYER".to_owned())),
        lookback_period_in_days: Some(lookback.to_owned()),
        term_in_years: Some(term_name.to_owned()),
        payment_option: Some(payment_name),
        service_specification: Some(ServiceSpecification {
            ec2_specification: Some(EC2Specification { offering_class: Some(class_name.to_owned()) }),
        }),
        recommendation_details: Some(details),
        recommendation_summary: Some(summary(&advice)),
    };
    Ok(GetReservationPurchaseRecommendationResponse {
        metadata: Some(ReservationPurchaseRecommendationMetadata {
            recommendation_id: Some(ids::uuid()),
            generation_timestamp: Some(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            additional_metadata: None,
        }),
        recommendations: Some(if advice.is_empty() { Vec::new() } else { vec![recommendation] }),
        next_page_token,
    })
}

fn payment(name: &str) -> Result<Payment> {
    match name {
        "NO_UPFRONT" => Ok(Payment::NoUpfront),
        "PARTIAL_UPFRONT" => Ok(Payment::PartialUpfront),
        "ALL_UPFRONT" => Ok(Payment::AllUpfront),
        other => Err(Error::unsupported(format_args!("The payment option {other} of reservations"))),
    }
}

fn summary(advice: &[Advice]) -> ReservationPurchaseRecommendationSummary {
    let saved: Decimal = advice.iter().map(Advice::monthly_saving).sum();
    let before: Decimal = advice.iter().map(Advice::monthly_before).sum();
    ReservationPurchaseRecommendationSummary {
        total_estimated_monthly_savings_amount: Some(billed(saved)),
        total_estimated_monthly_savings_percentage: Some(billed(percent(saved, before))),
        currency_code: Some(CURRENCY.to_owned()),
    }
}
