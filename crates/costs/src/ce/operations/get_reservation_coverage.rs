//! GetReservationCoverage: how much of what the account ran was reserved.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::ce::{
    CoverageByTime, GetReservationCoverageRequest, GetReservationCoverageResponse, ReservationCoverageGroup,
};
use freehold_wire::Call;

use super::super::coverage::{ByReservations, is_reservable};
use super::super::dimension::{Dimension, Subject};
use super::super::errors::{Error, Result};
use super::super::filter::{Filter, lets_pass};
use super::super::lines::Told;
use super::super::pages;
use super::super::period::{Granularity, Period};
use super::super::sort::Order;
use super::super::statement::{Part, Statement};
use super::blocking;
use super::get_reservation_utilization::check_service;
use super::groups::Group;
use crate::Costs;

const OPERATION: &str = "GetReservationCoverage";
/// Months, days or groups of an answer.
const MOST: usize = 500;
/// *GetReservationCoverage: GroupBy: up to four attributes*
const MOST_GROUPS: usize = 4;
/// *GetReservationCoverage: GroupBy: Amazon Elastic Compute Cloud - Compute*
const DIMENSIONS: [Dimension; 7] = [
    Dimension::Az,
    Dimension::InstanceType,
    Dimension::InstanceTypeFamily,
    Dimension::LinkedAccount,
    Dimension::Platform,
    Dimension::Region,
    Dimension::Tenancy,
];
/// *GetReservationCoverage: SortBy*
const KEYS: [&str; 10] = [
    "OnDemandCost",
    "CoverageHoursPercentage",
    "OnDemandHours",
    "ReservedHours",
    "TotalRunningHours",
    "CoverageNormalizedUnitsPercentage",
    "OnDemandNormalizedUnits",
    "ReservedNormalizedUnits",
    "TotalRunningNormalizedUnits",
    "Time",
];
/// *GetReservationCoverage: Metrics*
const METRICS: [&str; 3] = ["Hour", "Unit", "Cost"];

pub(in super::super) async fn get_reservation_coverage(
    costs: Arc<Costs>,
    call: Call,
    input: GetReservationCoverageRequest,
) -> std::result::Result<GetReservationCoverageResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

/// Sums by the values of the groups, in their order.
type Groups = Vec<(Vec<String>, ByReservations)>;

fn answer(costs: &Costs, call: &Call, input: GetReservationCoverageRequest) -> Result<GetReservationCoverageResponse> {
    let query =
        format!("{:?}", GetReservationCoverageRequest { next_page_token: None, max_results: None, ..input.clone() });
    let granularity = Granularity::coarse(input.granularity.as_deref(), OPERATION)?;
    let groups = Group::narrow(input.group_by.as_deref().unwrap_or_default(), MOST_GROUPS, OPERATION, &DIMENSIONS)?;
    if !groups.is_empty() && granularity.is_some() {
        return Err(Error::invalid("Granularity can't be set if GroupBy is set."));
    }
    let metrics = metrics(input.metrics)?;
    let order = Order::read(input.sort_by, &KEYS)?;
    let filter = Filter::narrow(input.filter, OPERATION, &[&DIMENSIONS[..], &[Dimension::Service]].concat())?;
    check_service(filter.as_ref())?;
    let period = Period::of_commitments(input.time_period, costs.now())?;
    let by = if groups.is_empty() { granularity } else { None };
    let statement = costs.statement(call.account(), period, by)?;
    let mut total = ByReservations::default();
    let mut results: Vec<(&Part, ByReservations, Groups)> = Vec::new();
    for part in &statement.parts {
        let (sum, each) = covered(&statement, part, filter.as_ref(), &groups);
        total.sum(&sum);
        results.push((part, sum, each));
    }
    if let Some(order) = &order {
        if order.key == "Time" {
            order.sort_texts(&mut results, |(part, ..)| part.period.interval().start.unwrap_or_default());
        } else {
            let figure = |sum: &ByReservations| sum.figure(&order.key).unwrap_or_default();
            order.sort(&mut results, |(_, sum, _)| figure(sum));
            results.iter_mut().for_each(|(.., each)| order.sort(each, |(_, sum)| figure(sum)));
        }
    }
    let (size, token) = (pages::size(input.max_results, MOST), input.next_page_token.as_deref());
    let group = |(values, sum): &(Vec<String>, ByReservations)| ReservationCoverageGroup {
        attributes: Some(groups.iter().map(|group| attribute(*group)).zip(values.iter().cloned()).collect()),
        coverage: Some(sum.shown(&metrics)),
    };
    let (shown, next_page_token) = if groups.is_empty() {
        let by_time = |(part, sum, _): &(&Part, ByReservations, Groups)| CoverageByTime {
            time_period: Some(part.period.interval()),
            groups: Some(Vec::new()),
            total: Some(sum.shown(&metrics)),
        };
        pages::page(results.iter().map(by_time).collect(), size, token, &query)?
    } else {
        let all = results.iter().flat_map(|(.., each)| each).map(group).collect();
        let (page, next) = pages::page(all, size, token, &query)?;
        let time_period = Some(period.interval());
        (vec![CoverageByTime { time_period, groups: Some(page), total: Some(total.shown(&metrics)) }], next)
    };
    Ok(GetReservationCoverageResponse {
        coverages_by_time: Some(shown),
        total: Some(total.shown(&metrics)),
        next_page_token,
    })
}

fn metrics(asked: Option<Vec<String>>) -> Result<Vec<String>> {
    let asked = asked.filter(|metrics| !metrics.is_empty()).unwrap_or_else(|| vec!["Hour".to_owned()]);
    match asked.iter().find(|metric| !METRICS.contains(&metric.as_str())) {
        Some(other) => Err(Error::invalid(format!("The metric {other} is not valid: it is Hour, Unit or Cost."))),
        None => Ok(asked),
    }
}

/// `instanceType` of `INSTANCE_TYPE`
fn attribute(dimension: Dimension) -> String {
    let mut words = dimension.name().split('_');
    let first = words.next().unwrap_or_default().to_lowercase();
    words.fold(first, |name, word| name + &word[..1] + &word[1..].to_lowercase())
}

fn covered(
    statement: &Statement,
    part: &Part,
    filter: Option<&Filter>,
    groups: &[Dimension],
) -> (ByReservations, Groups) {
    let mut sum = ByReservations::default();
    let mut each: BTreeMap<Vec<String>, ByReservations> = BTreeMap::new();
    for line in &part.lines {
        let told = Told { statement, line };
        if is_reservable(&told) && lets_pass(filter, &told) {
            sum.add(&told);
            let key = groups.iter().map(|group| told.shown(*group).into_owned()).collect();
            each.entry(key).or_default().add(&told);
        }
    }
    (sum, each.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_named_as_aws_does() {
        assert_eq!(attribute(Dimension::InstanceTypeFamily), "instanceTypeFamily");
        assert_eq!(attribute(Dimension::Az), "az");
    }
}
