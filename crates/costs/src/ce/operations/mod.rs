//! One file per operation, named as AWS names it.

mod get_cost_and_usage;
mod get_cost_and_usage_with_resources;
mod get_cost_forecast;
mod get_dimension_values;
mod get_reservation_coverage;
mod get_reservation_purchase_recommendation;
mod get_reservation_utilization;
mod get_savings_plans_coverage;
mod get_savings_plans_purchase_recommendation;
mod get_savings_plans_utilization;
mod get_savings_plans_utilization_details;
mod get_tags;
mod get_usage_forecast;
mod groups;
mod plans;

use std::sync::Arc;

use freehold_api::ce::{self, op};
use freehold_wire::{Call, Service};

use super::errors::{Error, Result};
use crate::Costs;

/// The service `ce`.
pub(crate) fn service(state: &Arc<Costs>) -> Service {
    Service::new(&ce::MODEL)
        .on(op::GetCostAndUsage, state, get_cost_and_usage::get_cost_and_usage)
        .on(
            op::GetCostAndUsageWithResources,
            state,
            get_cost_and_usage_with_resources::get_cost_and_usage_with_resources,
        )
        .on(op::GetCostForecast, state, get_cost_forecast::get_cost_forecast)
        .on(op::GetUsageForecast, state, get_usage_forecast::get_usage_forecast)
        .on(
            op::GetReservationPurchaseRecommendation,
            state,
            get_reservation_purchase_recommendation::get_reservation_purchase_recommendation,
        )
        .on(op::GetDimensionValues, state, get_dimension_values::get_dimension_values)
        .on(op::GetReservationCoverage, state, get_reservation_coverage::get_reservation_coverage)
        .on(op::GetReservationUtilization, state, get_reservation_utilization::get_reservation_utilization)
        .on(op::GetSavingsPlansCoverage, state, get_savings_plans_coverage::get_savings_plans_coverage)
        .on(
            op::GetSavingsPlansPurchaseRecommendation,
            state,
            get_savings_plans_purchase_recommendation::get_savings_plans_purchase_recommendation,
        )
        .on(op::GetSavingsPlansUtilization, state, get_savings_plans_utilization::get_savings_plans_utilization)
        .on(
            op::GetSavingsPlansUtilizationDetails,
            state,
            get_savings_plans_utilization_details::get_savings_plans_utilization_details,
        )
        .on(op::GetTags, state, get_tags::get_tags)
}

/// Away from other requests: a year's bill takes a while.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> std::result::Result<T, freehold_wire::Error> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a bill cannot be made");
        Error::Internal
    })?;
    Ok(done?)
}

/// Accounts have one view of their bill, the primary one.
fn check_view(arn: Option<&str>, call: &Call) -> Result<()> {
    let primary = format!("arn:aws:billing::{}:billingview/primary", call.account());
    match arn {
        Some(arn) if arn != primary => Err(Error::unsupported(format_args!("The billing view {arn}"))),
        _ => Ok(()),
    }
}
