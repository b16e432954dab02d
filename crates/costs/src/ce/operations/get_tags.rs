//! GetTags.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::ce::{GetTagsRequest, GetTagsResponse};
use freehold_wire::Call;

use super::super::dimension::Subject;
use super::super::errors::Result;
use super::super::filter::{Filter, lets_pass};
use super::super::lines::Told;
use super::super::metrics::Measured;
use super::super::pages;
use super::super::period::{Granularity, Period};
use super::get_dimension_values::{MOST, contains, order};
use super::{blocking, check_view};
use crate::Costs;

pub(in super::super) async fn get_tags(
    costs: Arc<Costs>,
    call: Call,
    input: GetTagsRequest,
) -> std::result::Result<GetTagsResponse, freehold_wire::Error> {
    blocking(move || answer(&costs, &call, input)).await
}

fn answer(costs: &Costs, call: &Call, input: GetTagsRequest) -> Result<GetTagsResponse> {
    check_view(input.billing_view_arn.as_deref(), call)?;
    let query = format!("{:?}", GetTagsRequest { next_page_token: None, max_results: None, ..input.clone() });
    let order = order(input.sort_by, input.search_string.as_deref(), input.next_page_token.as_deref())?;
    let period = Period::of_costs(input.time_period, Granularity::Daily, costs.now())?;
    let filter = Filter::read(input.filter)?;
    let statement = costs.statement(call.account(), period, None)?;
    // Values of the key, or all keys without one.
    let mut found: BTreeMap<String, Measured> = BTreeMap::new();
    for line in statement.parts.iter().flat_map(|part| &part.lines) {
        let told = Told { statement: &statement, line };
        if !lets_pass(filter.as_ref(), &told) {
            continue;
        }
        let mut add = |tag: &str| found.entry(tag.to_owned()).or_default().add(&told);
        match &input.tag_key {
            Some(key) => add(told.tag(key).unwrap_or_default()),
            None => statement
                .bill
                .timeline()
                .tags_of(&line.resource)
                .into_iter()
                .flat_map(BTreeMap::keys)
                .for_each(|key| add(key)),
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    if let Some((order, metric)) = &order {
        order.sort(&mut found, |(_, measured)| measured.amount(*metric));
    }
    if let Some(part) = &input.search_string {
        found.retain(|(tag, _)| contains(tag, part));
    }
    let total = found.len();
    let tags = found.into_iter().map(|(tag, _)| tag).collect();
    let size = pages::size(input.max_results, MOST).min(MOST);
    let (tags, next_page_token) = pages::page(tags, size, input.next_page_token.as_deref(), &query)?;
    Ok(GetTagsResponse {
        return_size: i32::try_from(tags.len()).ok(),
        total_size: i32::try_from(total).ok(),
        tags: Some(tags),
        next_page_token,
    })
}
