//! GetDimensionValues.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::ce::{
    DimensionValuesWithAttributes, GetDimensionValuesRequest, GetDimensionValuesResponse, SortDefinition,
};
use freehold_wire::Call;

use super::super::coverage::is_reservable;
use super::super::dimension::{Dimension, Subject};
use super::super::errors::{Error, Result};
use super::super::filter::{Filter, lets_pass};
use super::super::lines::{Told, of_reservation};
use super::super::metrics::{Measured, Metric};
use super::super::pages;
use super::super::period::{Granularity, Period};
use super::super::sort::Order;
use super::super::statement::Statement;
use super::plans::PlanSubject;
use super::{blocking, check_view};
use crate::Costs;

/// *GetDimensionValues: MaxResults has an upper limit of 1000*
pub(super) const MOST: usize = 1000;
/// *GetDimensionValues: SortBy*
const KEYS: [&str; 7] = [
    "BlendedCost",
    "UnblendedCost",
    "AmortizedCost",
    "NetAmortizedCost",
    "NetUnblendedCost",
    "UsageQuantity",
    "NormalizedUsageAmount",
];
const OF_RESERVATIONS: [Dimension; 9] = [
    Dimension::Az,
    Dimension::CacheEngine,
    Dimension::DeploymentOption,
    Dimension::InstanceType,
    Dimension::LinkedAccount,
    Dimension::Platform,
    Dimension::Region,
    Dimension::Scope,
    Dimension::Tenancy,
];
pub(super) const OF_PLANS: [Dimension; 6] = [
    Dimension::SavingsPlansType,
    Dimension::PaymentOption,
    Dimension::Region,
    Dimension::InstanceTypeFamily,
    Dimension::LinkedAccount,
    Dimension::SavingsPlanArn,
];

pub(in super::super) async fn get_dimension_values(
    costs: Arc<Costs>,
    call: Call,
    input: GetDimensionValuesRequest,
) -> std::result::Result<GetDimensionValuesResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(costs: &Costs, call: &Call, input: GetDimensionValuesRequest) -> Result<GetDimensionValuesResponse> {
    check_view(input.billing_view_arn.as_deref(), call)?;
    let query =
        format!("{:?}", GetDimensionValuesRequest { next_page_token: None, max_results: None, ..input.clone() });
    let dimension = Dimension::parse(&input.dimension.unwrap_or_default())?;
    if input.dimension_key.is_some_and(|key| !key.is_empty()) {
        return Err(Error::invalid("DimensionKey can be specified only for the dimension PRODUCT_ATTRIBUTE."));
    }
    let context = input.context.unwrap_or_else(|| "COST_AND_USAGE".to_owned());
    let order = order(input.sort_by, input.search_string.as_deref(), input.next_page_token.as_deref())?;
    if order.is_some() && context != "COST_AND_USAGE" {
        return Err(Error::invalid("SortBy is supported only in the context COST_AND_USAGE."));
    }
    let known: &[Dimension] = match context.as_str() {
        "RESERVATIONS" => &OF_RESERVATIONS,
        "SAVINGS_PLANS" => &OF_PLANS,
        _ => &[],
    };
    if !known.is_empty() && !known.contains(&dimension) {
        return Err(Error::invalid(format!("The dimension {} is not one of the context {context}.", dimension.name())));
    }
    let period = Period::of_costs(input.time_period, Granularity::Daily, costs.now())?;
    let filter = Filter::read(input.filter)?;
    let statement = costs.statement(call.account(), period, None)?;
    let mut values = match context.as_str() {
        "RESERVATIONS" => of_reservations(&statement, dimension, filter.as_ref()),
        "SAVINGS_PLANS" => of_plans(&statement, dimension, filter.as_ref()),
        _ => of_costs(&statement, dimension, filter.as_ref(), order.as_ref())?,
    };
    if let Some(part) = input.search_string {
        values.retain(|value| contains(value.value.as_deref().unwrap_or_default(), &part));
    }
    let total = values.len();
    let size = pages::size(input.max_results, MOST).min(MOST);
    let (page, next_page_token) = pages::page(values, size, input.next_page_token.as_deref(), &query)?;
    Ok(GetDimensionValuesResponse {
        return_size: i32::try_from(page.len()).ok(),
        total_size: i32::try_from(total).ok(),
        dimension_values: Some(page),
        next_page_token,
    })
}

/// Capitals make no difference.
pub(super) fn contains(value: &str, part: &str) -> bool {
    value.to_lowercase().contains(&part.to_lowercase())
}

/// By which metric, of the only order that there may be.
pub(super) fn order(
    sort_by: Option<Vec<SortDefinition>>,
    search: Option<&str>,
    token: Option<&str>,
) -> Result<Option<(Order, Metric)>> {
    let mut definitions = sort_by.unwrap_or_default();
    if definitions.len() > 1 {
        return Err(Error::invalid("SortBy can have one key."));
    }
    let Some(order) = Order::read(definitions.pop(), &KEYS)? else { return Ok(None) };
    if search.is_some() || token.is_some() {
        return Err(Error::invalid("NextPageToken and SearchString aren't supported with SortBy."));
    }
    let metric = Metric::parse(&order.key)?;
    Ok(Some((order, metric)))
}

fn of_costs(
    statement: &Statement,
    dimension: Dimension,
    filter: Option<&Filter>,
    order: Option<&(Order, Metric)>,
) -> Result<Vec<DimensionValuesWithAttributes>> {
    let mut found: BTreeMap<String, (Measured, Option<&str>)> = BTreeMap::new();
    for line in statement.parts.iter().flat_map(|part| &part.lines) {
        let told = Told { statement, line };
        let Some(value) = told.value(dimension).filter(|_| lets_pass(filter, &told)) else { continue };
        let (measured, unit) = found.entry(value.into_owned()).or_default();
        measured.add(&told);
        *unit = unit.or(told.unit());
    }
    let mut found: Vec<_> = found.into_iter().collect();
    if let Some((order, metric)) = order {
        order.sort(&mut found, |(_, (measured, _))| measured.amount(*metric));
    }
    let shown = |(value, (_, unit)): (String, (Measured, Option<&str>))| {
        let attributes = match (dimension, unit) {
            (Dimension::UsageType | Dimension::UsageTypeGroup, Some(unit)) => pair("unit", unit),
            (Dimension::LinkedAccount, _) => pair("description", &value),
            _ => BTreeMap::new(),
        };
        DimensionValuesWithAttributes { value: Some(value), attributes: Some(attributes) }
    };
    Ok(found.into_iter().map(shown).collect())
}

fn pair(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}

/// Of the account's reservations, and of what could be reserved.
fn of_reservations(
    statement: &Statement,
    dimension: Dimension,
    filter: Option<&Filter>,
) -> Vec<DimensionValuesWithAttributes> {
    let mut found: Vec<Cow<'_, str>> = Vec::new();
    let own = statement.bill.biller().reservations().iter().filter(|it| *it.account == *statement.account);
    found.extend(own.filter_map(|reservation| of_reservation(reservation, dimension)));
    for line in statement.parts.iter().flat_map(|part| &part.lines) {
        let told = Told { statement, line };
        if is_reservable(&told) && lets_pass(filter, &told) {
            found.extend(told.value(dimension).map(|value| Cow::Owned(value.into_owned())));
        }
    }
    distinct(found, dimension)
}

fn of_plans(
    statement: &Statement,
    dimension: Dimension,
    filter: Option<&Filter>,
) -> Vec<DimensionValuesWithAttributes> {
    let own = statement.bill.biller().plans().iter().filter(|plan| *plan.account == *statement.account);
    let subjects = own.map(|plan| PlanSubject { statement, plan }).filter(|subject| lets_pass(filter, subject));
    let found = subjects.filter_map(|subject| subject.value(dimension).map(|value| Cow::Owned(value.into_owned())));
    distinct(found.collect(), dimension)
}

fn distinct(mut found: Vec<Cow<'_, str>>, dimension: Dimension) -> Vec<DimensionValuesWithAttributes> {
    found.sort();
    found.dedup();
    let shown = |value: Cow<'_, str>| {
        let attributes =
            if dimension == Dimension::LinkedAccount { pair("description", &value) } else { BTreeMap::new() };
        DimensionValuesWithAttributes { value: Some(value.into_owned()), attributes: Some(attributes) }
    };
    found.into_iter().map(shown).collect()
}
