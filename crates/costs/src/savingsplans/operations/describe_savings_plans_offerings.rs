//! DescribeSavingsPlansOfferings.

use std::sync::Arc;

use freehold_api::savingsplans::{
    DescribeSavingsPlansOfferingsRequest, DescribeSavingsPlansOfferingsResponse, SavingsPlanOffering,
};
use freehold_billing::engine::Region;
use freehold_billing::offers::PlanOffer;
use freehold_wire::Call;

use super::super::errors::Result;
use super::super::rates::any;
use super::super::{names, pages, view};
use crate::Costs;

pub(in super::super) async fn describe_savings_plans_offerings(
    costs: Arc<Costs>,
    _: Call,
    input: DescribeSavingsPlansOfferingsRequest,
) -> std::result::Result<DescribeSavingsPlansOfferingsResponse, freehold_wire::Error> {
    let (search_results, next_token) = find(&costs, &input)?;
    Ok(DescribeSavingsPlansOfferingsResponse { search_results: Some(search_results), next_token })
}

fn find(
    costs: &Costs,
    input: &DescribeSavingsPlansOfferingsRequest,
) -> Result<(Vec<SavingsPlanOffering>, Option<String>)> {
    names::refuse_others(input.plan_types.iter().flatten().chain(&input.product_type))?;
    let query =
        format!("{:?}", DescribeSavingsPlansOfferingsRequest { next_token: None, max_results: None, ..input.clone() });
    let region = costs.ledger.region();
    let offers = costs.ledger.sheet().offers().plans().filter(|offer| is_asked_for(offer, region, input));
    let found = offers.map(|offer| view::offering(&offer, region));
    pages::page_of(found, input.max_results, input.next_token.as_deref(), &[query])
}

fn is_asked_for(offer: &PlanOffer, region: &Region, input: &DescribeSavingsPlansOfferingsRequest) -> bool {
    let list = |wanted: &Option<Vec<String>>, value: &str| any(wanted.as_deref().unwrap_or_default(), value);
    let is_product = |wanted: &String| names::product_types(offer).contains(wanted);
    list(&input.plan_types, names::plan_type(offer))
        && list(&input.payment_options, offer.payment.name())
        && list(&input.currencies, names::CURRENCY)
        && list(&input.service_codes, names::SERVICE_CODE)
        && list(&input.operations, "")
        && input.durations.as_ref().is_none_or(|wanted| wanted.is_empty() || wanted.contains(&offer.term.seconds()))
        && input.product_type.iter().all(is_product)
        && list(&input.usage_types, &names::usage_type(offer))
        && list(&input.descriptions, &names::description(offer))
        && has_properties(offer, region, input)
        && list(&input.offering_ids, &offer.id())
}

fn has_properties(offer: &PlanOffer, region: &Region, input: &DescribeSavingsPlansOfferingsRequest) -> bool {
    let properties = view::offering_properties(offer, region);
    input.filters.iter().flatten().all(|filter| {
        let (name, values) = (filter.name.as_deref().unwrap_or_default(), filter.values.as_deref().unwrap_or_default());
        properties.iter().any(|(known, value)| *known == name && values.contains(value))
    })
}
