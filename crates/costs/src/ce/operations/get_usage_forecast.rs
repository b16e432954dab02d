//! GetUsageForecast: GetCostForecast for the other metrics.

use std::sync::Arc;

use freehold_api::ce::{GetCostForecastRequest, GetUsageForecastRequest, GetUsageForecastResponse};
use freehold_wire::Call;

use super::blocking;
use super::get_cost_forecast::answer;
use crate::Costs;

pub(in super::super) async fn get_usage_forecast(
    costs: Arc<Costs>,
    call: Call,
    input: GetUsageForecastRequest,
) -> std::result::Result<GetUsageForecastResponse, freehold_wire::Error> {
    let input = GetCostForecastRequest {
        time_period: input.time_period,
        metric: input.metric,
        granularity: input.granularity,
        filter: input.filter,
        billing_view_arn: input.billing_view_arn,
        prediction_interval_level: input.prediction_interval_level,
    };
    let answered =
        blocking(move || answer(&costs, &call, input, "GetUsageForecast", |metric| !metric.is_cost())).await?;
    Ok(GetUsageForecastResponse { total: answered.total, forecast_results_by_time: answered.forecast_results_by_time })
}
