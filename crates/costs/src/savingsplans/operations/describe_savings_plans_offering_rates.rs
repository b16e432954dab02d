//! DescribeSavingsPlansOfferingRates.

use std::sync::Arc;

use freehold_api::savingsplans::{
    DescribeSavingsPlansOfferingRatesRequest, DescribeSavingsPlansOfferingRatesResponse, SavingsPlanOfferingRate,
    SavingsPlanOfferingRateProperty,
};
use freehold_billing::bill::Described;
use freehold_billing::offers::PlanOffer;
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use super::super::rates::{Rate, Wanted, any};
use super::super::{names, pages, view};
use crate::offered::Products;
use crate::{Costs, money, offered};

pub(in super::super) async fn describe_savings_plans_offering_rates(
    costs: Arc<Costs>,
    _: Call,
    input: DescribeSavingsPlansOfferingRatesRequest,
) -> std::result::Result<DescribeSavingsPlansOfferingRatesResponse, freehold_wire::Error> {
    // Plans for all families and systems have many rates.
    let found = tokio::task::spawn_blocking(move || find(&costs, input)).await;
    let (search_results, next_token) = found.map_err(|error| {
        tracing::error!(%error, "rates cannot be listed");
        Error::Internal
    })??;
    Ok(DescribeSavingsPlansOfferingRatesResponse { search_results: Some(search_results), next_token })
}

fn find(
    costs: &Costs,
    input: DescribeSavingsPlansOfferingRatesRequest,
) -> Result<(Vec<SavingsPlanOfferingRate>, Option<String>)> {
    let named = [&input.savings_plan_types, &input.products, &input.service_codes];
    names::refuse_others(named.into_iter().flatten().flatten())?;
    let query = format!(
        "{:?}",
        DescribeSavingsPlansOfferingRatesRequest { next_token: None, max_results: None, ..input.clone() }
    );
    let ids = input.savings_plan_offering_ids.unwrap_or_default();
    let (types, payments) =
        (input.savings_plan_types.unwrap_or_default(), input.savings_plan_payment_options.unwrap_or_default());
    let mut wanted = Wanted {
        product_types: input.products.unwrap_or_default(),
        service_codes: input.service_codes.unwrap_or_default(),
        usage_types: input.usage_types.unwrap_or_default(),
        operations: input.operations.unwrap_or_default(),
        properties: Vec::new(),
    };
    for filter in input.filters.unwrap_or_default() {
        wanted.filter(&filter.name.unwrap_or_default(), filter.values.unwrap_or_default())?;
    }
    let (sheet, products) = (costs.ledger.sheet(), Products::of(&costs.ledger));
    let offers = sheet.offers().plans().filter(|offer| {
        any(&types, names::plan_type(offer)) && any(&payments, offer.payment.name()) && any(&ids, &offer.id())
    });
    let offers: Vec<_> = offers.collect();
    let found = |begin| wanted.found(sheet, &products, &offers, begin);
    let (page, next) = pages::page(found, input.max_results, input.next_token.as_deref(), &[query])?;
    Ok((page.iter().map(|(offer, rate)| shown(offer, rate)).collect(), next))
}

fn shown(offer: &PlanOffer, Rate { product, each }: &Rate) -> SavingsPlanOfferingRate {
    let property = |(name, value): (&str, String)| SavingsPlanOfferingRateProperty {
        name: Some(name.to_owned()),
        value: Some(value),
    };
    SavingsPlanOfferingRate {
        savings_plan_offering: Some(view::parent(offer)),
        rate: Some(money::plain(*each)),
        unit: Some(offered::unit(product).to_owned()),
        product_type: offered::product_type(product).map(str::to_owned),
        service_code: Some(product.service().to_owned()),
        usage_type: Some(Described::of(product).usage_type),
        operation: Some(offered::operation(product).to_owned()),
        properties: Some(offered::properties(product).into_iter().map(property).collect()),
    }
}
