//! GetSavingsPlansCoverage: how much of what plans could pay for they did.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::ce::{
    GetSavingsPlansCoverageRequest, GetSavingsPlansCoverageResponse, GroupDefinition, SavingsPlansCoverage,
};
use freehold_wire::Call;

use super::super::coverage::{ByPlans, is_plannable};
use super::super::dimension::{Dimension, Subject};
use super::super::errors::{Error, Result};
use super::super::filter::{Filter, lets_pass};
use super::super::lines::Told;
use super::super::pages;
use super::super::period::{Granularity, Period};
use super::super::sort::Order;
use super::blocking;
use crate::Costs;

const OPERATION: &str = "GetSavingsPlansCoverage";
/// *GetSavingsPlansCoverage: MaxResults: the default is 20*
const DEFAULT: usize = 20;
/// *GetSavingsPlansCoverage: Filter*
const DIMENSIONS: [Dimension; 4] =
    [Dimension::LinkedAccount, Dimension::Region, Dimension::Service, Dimension::InstanceTypeFamily];
/// *GetSavingsPlansCoverage: GroupBy*, and what groups are called in the answer.
const GROUPS: [(&str, Dimension, &str); 3] = [
    ("INSTANCE_FAMILY", Dimension::InstanceTypeFamily, "INSTANCE_TYPE_FAMILY"),
    ("REGION", Dimension::Region, "REGION"),
    ("SERVICE", Dimension::Service, "SERVICE"),
];
/// *GetSavingsPlansCoverage: SortBy*
const KEYS: [&str; 7] = [
    "SpendCoveredBySavingsPlan",
    "OnDemandCost",
    "CoveragePercentage",
    "TotalCost",
    "InstanceFamily",
    "Region",
    "Service",
];
const METRIC: &str = "SpendCoveredBySavingsPlans";

pub(in super::super) async fn get_savings_plans_coverage(
    costs: Arc<Costs>,
    call: Call,
    input: GetSavingsPlansCoverageRequest,
) -> std::result::Result<GetSavingsPlansCoverageResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(
    costs: &Costs,
    call: &Call,
    input: GetSavingsPlansCoverageRequest,
) -> Result<GetSavingsPlansCoverageResponse> {
    let query =
        format!("{:?}", GetSavingsPlansCoverageRequest { next_token: None, max_results: None, ..input.clone() });
    let granularity = Granularity::coarse(input.granularity.as_deref(), OPERATION)?;
    let groups = groups(input.group_by.as_deref().unwrap_or_default())?;
    if !groups.is_empty() && granularity.is_some() {
        return Err(Error::invalid("Granularity can't be set if GroupBy is set."));
    }
    if let Some(other) = input.metrics.iter().flatten().find(|metric| *metric != METRIC) {
        return Err(Error::invalid(format!("The metric {other} is not valid: it is {METRIC}.")));
    }
    let order = Order::read(input.sort_by, &KEYS)?;
    let filter = Filter::narrow(input.filter, OPERATION, &DIMENSIONS)?;
    let period = Period::of_commitments(input.time_period, costs.now())?;
    let statement = costs.statement(call.account(), period, granularity)?;
    let mut results = Vec::new();
    for part in &statement.parts {
        let mut sums: BTreeMap<Vec<String>, ByPlans> = BTreeMap::new();
        for line in &part.lines {
            let told = Told { statement: &statement, line };
            if is_plannable(&told) && lets_pass(filter.as_ref(), &told) {
                let key = groups.iter().map(|(dimension, _)| told.shown(*dimension).into_owned()).collect();
                sums.entry(key).or_default().add(line);
            }
        }
        let interval = part.period.interval();
        results.extend(sums.into_iter().map(|(values, sum)| (interval.clone(), values, sum)));
    }
    if let Some(order) = &order {
        let named = groups
            .iter()
            .position(|(_, name)| name.replace("INSTANCE_TYPE_FAMILY", "INSTANCE_FAMILY") == text_key(&order.key));
        match named {
            Some(at) => order.sort_texts(&mut results, |(_, values, _)| values[at].clone()),
            None => order.sort(&mut results, |(.., sum)| sum.figure(&order.key).unwrap_or_default()),
        }
    }
    let shown = |(interval, values, sum): &(_, Vec<String>, ByPlans)| SavingsPlansCoverage {
        attributes: Some(groups.iter().map(|(_, name)| (*name).to_owned()).zip(values.iter().cloned()).collect()),
        coverage: Some(sum.shown()),
        time_period: Some(Clone::clone(interval)),
    };
    let size = pages::size(input.max_results, DEFAULT);
    let all = results.iter().map(shown).collect();
    let (page, next_token) = pages::page(all, size, input.next_token.as_deref(), &query)?;
    Ok(GetSavingsPlansCoverageResponse { savings_plans_coverages: Some(page), next_token })
}

/// The group that a key of SortBy names.
fn text_key(key: &str) -> &str {
    match key {
        "InstanceFamily" => "INSTANCE_FAMILY",
        "Region" => "REGION",
        "Service" => "SERVICE",
        other => other,
    }
}

fn groups(definitions: &[GroupDefinition]) -> Result<Vec<(Dimension, &'static str)>> {
    let read = |definition: &GroupDefinition| {
        let key = definition.key.as_deref().unwrap_or_default();
        let is_dimension = definition.r#type.as_deref().is_none_or(|name| name == "DIMENSION");
        let known = GROUPS.iter().find(|(name, _, shown)| is_dimension && (*name == key || *shown == key));
        let known = known.map(|(_, dimension, shown)| (*dimension, *shown));
        known.ok_or_else(|| Error::invalid(format!("{OPERATION} cannot be grouped by {key}.")))
    };
    definitions.iter().map(read).collect()
}
