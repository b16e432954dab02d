//! DescribeServices.

use std::collections::BTreeSet;
use std::sync::Arc;

use freehold_api::pricing::{self as api, DescribeServicesRequest, DescribeServicesResponse};
use freehold_core::pagination::Query;
use freehold_wire::Call;

use super::super::errors::Result;
use super::super::pages;
use super::blocking;
use crate::Costs;

pub(in super::super) async fn describe_services(
    costs: Arc<Costs>,
    _: Call,
    input: DescribeServicesRequest,
) -> std::result::Result<DescribeServicesResponse, freehold_wire::Error> {
    Ok(blocking(move || find(&costs, &input)).await?)
}

fn find(costs: &Costs, input: &DescribeServicesRequest) -> Result<DescribeServicesResponse> {
    pages::check_format(input.format_version.as_deref())?;
    let codes = match input.service_code.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => {
            costs.check_service(code)?;
            vec![code.to_owned()]
        }
        None => costs.service_codes(),
    };
    let query = Query::new(["DescribeServices", input.service_code.as_deref().unwrap_or_default()]);
    let begin = pages::begin(&query, input.next_token.as_deref())?;
    let found = codes.into_iter().enumerate().skip(begin).map(|(place, code)| (place, service(costs, code)));
    let (services, next_token) = pages::page(found, pages::size(input.max_results, pages::MOST), &query);
    Ok(DescribeServicesResponse { services: Some(services), format_version: Some(pages::FORMAT.into()), next_token })
}

fn service(costs: &Costs, code: String) -> api::Service {
    let listed = costs.products(&code);
    let mut names: BTreeSet<&str> = BTreeSet::from(["productFamily"]);
    for it in listed.iter().filter_map(|product| costs.listed(product)) {
        names.extend(it.terms.iter().map(|(name, _)| name));
        names.extend(it.attributes.into_keys());
    }
    let names = names.into_iter().map(str::to_owned).collect();
    api::Service { service_code: Some(code), attribute_names: Some(names) }
}
