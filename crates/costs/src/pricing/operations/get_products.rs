//! GetProducts.

use std::sync::Arc;

use freehold_api::pricing::{GetProductsRequest, GetProductsResponse};
use freehold_core::pagination::Query;
use freehold_wire::Call;

use super::super::errors::Result;
use super::super::pages;
use super::blocking;
use super::filters::Test;
use crate::Costs;

pub(in super::super) async fn get_products(
    costs: Arc<Costs>,
    _: Call,
    input: GetProductsRequest,
) -> std::result::Result<GetProductsResponse, freehold_wire::Error> {
    Ok(blocking(move || find(&costs, input)).await?)
}

fn find(costs: &Costs, input: GetProductsRequest) -> Result<GetProductsResponse> {
    pages::check_format(input.format_version.as_deref())?;
    let service = input.service_code.unwrap_or_default();
    costs.check_service(&service)?;
    let query = Query::new(["GetProducts", &service, &format!("{:?}", input.filters)]);
    let tests = input.filters.unwrap_or_default().into_iter().map(Test::read).collect::<Result<Vec<_>>>()?;
    let begin = pages::begin(&query, input.next_token.as_deref())?;
    let products = costs.products(&service);
    let found = products.iter().enumerate().skip(begin).filter_map(|(place, product)| {
        let listed = costs.listed(product)?;
        let is_wanted = tests.iter().all(|test| test.is_met(&listed));
        let item = is_wanted.then(|| costs.price_list_item(product, &listed)).flatten()?;
        Some((place, item.to_string()))
    });
    let (price_list, next_token) = pages::page(found, pages::size(input.max_results, pages::MOST), &query);
    Ok(GetProductsResponse { format_version: Some(pages::FORMAT.into()), price_list: Some(price_list), next_token })
}
