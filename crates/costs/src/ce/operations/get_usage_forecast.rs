//! GetUsageForecast.

use std::sync::Arc;

use freehold_api::ce::{GetUsageForecastRequest, GetUsageForecastResponse};
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use super::super::filter::Filter;
use super::super::forecast::Question;
use super::super::metrics::Metric;
use super::super::period::{Granularity, Period};
use super::{blocking, check_view};
use crate::Costs;

const OPERATION: &str = "GetUsageForecast";

pub(in super::super) async fn get_usage_forecast(
    costs: Arc<Costs>,
    call: Call,
    input: GetUsageForecastRequest,
) -> std::result::Result<GetUsageForecastResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(costs: &Costs, call: &Call, input: GetUsageForecastRequest) -> Result<GetUsageForecastResponse> {
    check_view(input.billing_view_arn.as_deref(), call)?;
    let name = input.metric.unwrap_or_default();
    let metric = Metric::of_forecast(&name).filter(|metric| !metric.is_cost());
    let granularity = Granularity::coarse(input.granularity.as_deref(), OPERATION)?.unwrap_or(Granularity::Daily);
    let question = Question {
        metric: metric.ok_or_else(|| Error::invalid(format!("{OPERATION} has no metric {name}.")))?,
        granularity,
        period: Period::of_forecast(input.time_period, granularity, costs.now())?,
        filter: Filter::read(input.filter)?,
        level: input.prediction_interval_level,
    };
    let (total, results) = costs.forecast(call.account(), question)?;
    Ok(GetUsageForecastResponse { total: Some(total), forecast_results_by_time: Some(results) })
}
