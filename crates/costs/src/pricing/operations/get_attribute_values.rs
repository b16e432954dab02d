//! GetAttributeValues.

use std::collections::BTreeSet;
use std::sync::Arc;

use freehold_api::pricing::{AttributeValue, GetAttributeValuesRequest, GetAttributeValuesResponse};
use freehold_core::pagination::Query;
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use super::super::pages;
use super::blocking;
use crate::Costs;

/// *GetAttributeValues: MaxResults: up to 10000*
const MOST: usize = 10_000;
/// What there is without it.
const DEFAULT: i32 = 100;

pub(in super::super) async fn get_attribute_values(
    costs: Arc<Costs>,
    _: Call,
    input: GetAttributeValuesRequest,
) -> std::result::Result<GetAttributeValuesResponse, freehold_wire::Error> {
    Ok(blocking(move || find(&costs, &input)).await?)
}

fn find(costs: &Costs, input: &GetAttributeValuesRequest) -> Result<GetAttributeValuesResponse> {
    let (service, name) =
        (input.service_code.as_deref().unwrap_or_default(), input.attribute_name.as_deref().unwrap_or_default());
    costs.check_service(service)?;
    let mut values = BTreeSet::new();
    for listed in costs.products(service).iter().filter_map(|product| costs.listed(product)) {
        if name == "productFamily" {
            values.insert(listed.family.to_owned());
        } else if let Some(value) = listed.attributes.get(name) {
            values.insert(value.clone());
        } else if let Some((_, all)) = listed.terms.iter().find(|(known, _)| *known == name) {
            values.extend(all.iter().map(|value| (*value).to_owned()));
        }
    }
    if values.is_empty() {
        return Err(Error::InvalidParameter(format!("The attribute {name} is not one of the service {service}.")));
    }
    let query = Query::new(["GetAttributeValues", service, name]);
    let begin = pages::begin(&query, input.next_token.as_deref())?;
    let shown = |(place, value)| (place, AttributeValue { value: Some(value) });
    let size = pages::size(input.max_results.or(Some(DEFAULT)), MOST);
    let (page, next_token) = pages::page(values.into_iter().enumerate().skip(begin).map(shown), size, &query);
    Ok(GetAttributeValuesResponse { attribute_values: Some(page), next_token })
}
