//! GetCostForecast.

use std::sync::Arc;

use freehold_api::ce::{GetCostForecastRequest, GetCostForecastResponse};
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use super::super::filter::Filter;
use super::super::forecast::Question;
use super::super::metrics::Metric;
use super::super::period::{Granularity, Period};
use super::{blocking, check_view};
use crate::Costs;

pub(in super::super) async fn get_cost_forecast(
    costs: Arc<Costs>,
    call: Call,
    input: GetCostForecastRequest,
) -> std::result::Result<GetCostForecastResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input, "GetCostForecast", Metric::is_cost)).await
}

/// What is expected of a metric that the operation has.
pub(super) fn answer(
    costs: &Costs,
    call: &Call,
    input: GetCostForecastRequest,
    operation: &str,
    has: impl Fn(Metric) -> bool,
) -> Result<GetCostForecastResponse> {
    check_view(input.billing_view_arn.as_deref(), call)?;
    let name = input.metric.unwrap_or_default();
    let metric = Metric::of_forecast(&name).filter(|metric| has(*metric));
    let granularity = Granularity::coarse(input.granularity.as_deref(), operation)?.unwrap_or(Granularity::Daily);
    let question = Question {
        metric: metric.ok_or_else(|| Error::invalid(format!("{operation} has no metric {name}.")))?,
        granularity,
        period: Period::of_forecast(input.time_period, granularity, costs.now())?,
        filter: Filter::read(input.filter)?,
        level: input.prediction_interval_level,
    };
    let (total, results) = costs.forecast(call.account(), question)?;
    Ok(GetCostForecastResponse { total: Some(total), forecast_results_by_time: Some(results) })
}
