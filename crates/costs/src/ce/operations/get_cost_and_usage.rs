//! GetCostAndUsage.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::ce::{self as api, GetCostAndUsageRequest, GetCostAndUsageResponse, ResultByTime};
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use super::super::filter::{Filter, lets_pass};
use super::super::lines::Told;
use super::super::metrics::{Measured, Metric};
use super::super::pages;
use super::super::period::{Granularity, Period};
use super::super::statement::{Part, Statement};
use super::groups::Group;
use super::{blocking, check_view};
use crate::Costs;

/// *GetCostAndUsage: GroupBy: up to two different groups*
pub(super) const MOST_GROUPS: usize = 2;
/// Months, days or hours of an answer: all hours that are kept.
pub(super) const MOST_RESULTS: usize = 500;

pub(in super::super) async fn get_cost_and_usage(
    costs: Arc<Costs>,
    call: Call,
    input: GetCostAndUsageRequest,
) -> std::result::Result<GetCostAndUsageResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

/// What is asked about a period.
pub(super) struct Question {
    pub filter: Option<Filter>,
    pub groups: Vec<Group>,
    pub metrics: Vec<(String, Metric)>,
}

fn answer(costs: &Costs, call: &Call, input: GetCostAndUsageRequest) -> Result<GetCostAndUsageResponse> {
    check_view(input.billing_view_arn.as_deref(), call)?;
    let query = format!("{:?}", GetCostAndUsageRequest { next_page_token: None, ..input.clone() });
    let granularity = Granularity::parse(input.granularity.as_deref().unwrap_or_default());
    let period = Period::of_costs(input.time_period, granularity, costs.now())?;
    let metrics = input.metrics.unwrap_or_default();
    if metrics.is_empty() {
        return Err(Error::invalid("At least one metric is required."));
    }
    let question = Question {
        filter: Filter::read(input.filter)?,
        groups: Group::read(input.group_by.as_deref().unwrap_or_default(), MOST_GROUPS)?,
        metrics: Metric::parse_all(metrics)?,
    };
    let results = question.ask(costs, call.account(), period, granularity)?;
    let token = input.next_page_token.as_deref();
    let (results, next_page_token) = pages::page(results, MOST_RESULTS, token, &query)?;
    Ok(GetCostAndUsageResponse {
        next_page_token,
        group_definitions: input.group_by.filter(|groups| !groups.is_empty()),
        results_by_time: Some(results),
        dimension_value_attributes: Some(Vec::new()),
    })
}

impl Question {
    /// The answer for each part of the period.
    pub fn ask(
        &self,
        costs: &Costs,
        account: &str,
        period: Period,
        granularity: Granularity,
    ) -> Result<Vec<ResultByTime>> {
        let now = costs.now();
        let statement = costs.statement(account, period, Some(granularity))?;
        let results = statement.parts.iter().map(|part| {
            let mut result = self.result(&statement, part);
            result.estimated = Some(part.period.is_estimated(now));
            result
        });
        Ok(results.collect())
    }

    fn result(&self, statement: &Statement, part: &Part) -> ResultByTime {
        let mut sums: BTreeMap<Vec<String>, Measured> = BTreeMap::new();
        for line in &part.lines {
            let told = Told { statement, line };
            if lets_pass(self.filter.as_ref(), &told) {
                let key = self.groups.iter().map(|group| group.of(&told)).collect();
                sums.entry(key).or_default().add(&told);
            }
        }
        let time_period = Some(part.period.interval());
        if self.groups.is_empty() {
            let total = sums.into_values().next().unwrap_or_default().shown(&self.metrics);
            return ResultByTime { time_period, total: Some(total), groups: Some(Vec::new()), estimated: None };
        }
        let group = |(keys, measured): (Vec<String>, Measured)| api::Group {
            keys: Some(keys),
            metrics: Some(measured.shown(&self.metrics)),
        };
        let groups = sums.into_iter().map(group).collect();
        ResultByTime { time_period, total: Some(BTreeMap::new()), groups: Some(groups), estimated: None }
    }
}
