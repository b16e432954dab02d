//! GetCostAndUsageWithResources: the same as GetCostAndUsage, for single resources and the last two weeks.

use std::sync::Arc;

use freehold_api::ce::{GetCostAndUsageWithResourcesRequest, GetCostAndUsageWithResourcesResponse};
use freehold_wire::Call;

use super::super::dimension::Dimension;
use super::super::errors::{Error, Result};
use super::super::filter::Filter;
use super::super::metrics::Metric;
use super::super::pages;
use super::super::period::{Granularity, Period};
use super::get_cost_and_usage::{MOST_GROUPS, MOST_RESULTS, Question};
use super::groups::Group;
use super::{blocking, check_view};
use crate::Costs;

/// What is told of without metrics.
const DEFAULT: &str = "UnblendedCost";

pub(in super::super) async fn get_cost_and_usage_with_resources(
    costs: Arc<Costs>,
    call: Call,
    input: GetCostAndUsageWithResourcesRequest,
) -> std::result::Result<GetCostAndUsageWithResourcesResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(
    costs: &Costs,
    call: &Call,
    input: GetCostAndUsageWithResourcesRequest,
) -> Result<GetCostAndUsageWithResourcesResponse> {
    check_view(input.billing_view_arn.as_deref(), call)?;
    let query = format!("{:?}", GetCostAndUsageWithResourcesRequest { next_page_token: None, ..input.clone() });
    let granularity = Granularity::parse(input.granularity.as_deref().unwrap_or_default());
    let period = Period::of_resources(input.time_period, granularity, costs.now())?;
    let metrics = input.metrics.filter(|metrics| !metrics.is_empty()).unwrap_or_else(|| vec![DEFAULT.to_owned()]);
    let question = Question {
        filter: Filter::read_with_resources(input.filter)?,
        groups: Group::read_with_resources(input.group_by.as_deref().unwrap_or_default(), MOST_GROUPS)?,
        metrics: Metric::parse_all(metrics)?,
    };
    check(&question)?;
    let results = question.ask(costs, call.account(), period, granularity)?;
    let token = input.next_page_token.as_deref();
    let (results, next_page_token) = pages::page(results, MOST_RESULTS, token, &query)?;
    Ok(GetCostAndUsageWithResourcesResponse {
        next_page_token,
        group_definitions: input.group_by.filter(|groups| !groups.is_empty()),
        results_by_time: Some(results),
        dimension_value_attributes: Some(Vec::new()),
    })
}

/// *GetCostAndUsageWithResources: Filter*: it must name the service, and the resource unless results are grouped by it.
fn check(question: &Question) -> Result<()> {
    let demands = |dimension| question.filter.as_ref().is_some_and(|filter| filter.demands(dimension));
    if !demands(Dimension::Service) {
        return Err(Error::invalid("A filter by the dimension SERVICE is required."));
    }
    let is_grouped = question.groups.contains(&Group::Dimension(Dimension::ResourceId));
    if !is_grouped && !demands(Dimension::ResourceId) {
        return Err(Error::invalid("Results must be grouped or filtered by the dimension RESOURCE_ID."));
    }
    Ok(())
}
