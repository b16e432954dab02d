//! DescribeSavingsPlanRates.

use std::sync::Arc;

use freehold_api::savingsplans::{
    DescribeSavingsPlanRatesRequest, DescribeSavingsPlanRatesResponse, SavingsPlanRate, SavingsPlanRateProperty,
};
use freehold_billing::bill::Described;
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use super::super::rates::{Rate, Wanted};
use super::super::{names, pages};
use crate::offered::Products;
use crate::{Costs, money, offered};

pub(in super::super) async fn describe_savings_plan_rates(
    costs: Arc<Costs>,
    call: Call,
    input: DescribeSavingsPlanRatesRequest,
) -> std::result::Result<DescribeSavingsPlanRatesResponse, freehold_wire::Error> {
    let savings_plan_id = input.savings_plan_id.clone();
    let (found, next_token) = find(&costs, &call, input)?;
    Ok(DescribeSavingsPlanRatesResponse { savings_plan_id, search_results: Some(found), next_token })
}

fn find(
    costs: &Costs,
    call: &Call,
    input: DescribeSavingsPlanRatesRequest,
) -> Result<(Vec<SavingsPlanRate>, Option<String>)> {
    let query =
        format!("{:?}", DescribeSavingsPlanRatesRequest { next_token: None, max_results: None, ..input.clone() });
    let plan = costs.plan(call, &input.savings_plan_id.unwrap_or_default())?;
    let offer = costs.offer_of(&plan).ok_or_else(|| Error::no_plan(&plan.id))?;
    let mut wanted = Wanted::default();
    for filter in input.filters.unwrap_or_default() {
        wanted.filter(&filter.name.unwrap_or_default(), filter.values.unwrap_or_default())?;
    }
    let products = Products::of(&costs.ledger);
    let offers = [offer];
    let found = |begin| wanted.found(costs.ledger.sheet(), &products, &offers, begin);
    let (page, next) = pages::page(found, input.max_results, input.next_token.as_deref(), &[query])?;
    Ok((page.iter().map(|(_, rate)| shown(rate)).collect(), next))
}

fn shown(Rate { product, each }: &Rate) -> SavingsPlanRate {
    let property =
        |(name, value): (&str, String)| SavingsPlanRateProperty { name: Some(name.to_owned()), value: Some(value) };
    SavingsPlanRate {
        rate: Some(money::plain(*each)),
        currency: Some(names::CURRENCY.to_owned()),
        unit: Some(offered::unit(product).to_owned()),
        product_type: offered::product_type(product).map(str::to_owned),
        service_code: Some(product.service().to_owned()),
        usage_type: Some(Described::of(product).usage_type),
        operation: Some(offered::operation(product).to_owned()),
        properties: Some(offered::properties(product).into_iter().map(property).collect()),
    }
}
