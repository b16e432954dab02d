//! Rates of plans, found by what a caller names.

use freehold_billing::bill::Described;
use freehold_billing::engine::Product;
use freehold_billing::offers::PlanOffer;
use freehold_billing::sheet::Sheet;
use rust_decimal::Decimal;

use super::errors::{Error, Result};
use crate::offered::{self, Products};

/// What a rate is asked for by: each list is one of which any value will do, and an empty one lets all pass.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub product_types: Vec<String>,
    pub service_codes: Vec<String>,
    pub usage_types: Vec<String>,
    pub operations: Vec<String>,
    /// By the property's name.
    pub properties: Vec<(String, Vec<String>)>,
}

/// A rate of an offer.
pub(super) struct Rate {
    pub product: Product,
    /// USD for a unit.
    pub each: Decimal,
}

pub(super) fn any(wanted: &[String], value: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|one| one == value)
}

impl Wanted {
    /// Adds a filter; the name is that of AWS's filter.
    pub fn filter(&mut self, name: &str, values: Vec<String>) -> Result<()> {
        let list = match name {
            "productType" => &mut self.product_types,
            "serviceCode" => &mut self.service_codes,
            "usageType" => &mut self.usage_types,
            "operation" => &mut self.operations,
            "productId" => return Err(Error::invalid("The filter productId is not supported in this region.")),
            property => {
                self.properties.push((property.to_owned(), values));
                return Ok(());
            }
        };
        list.extend(values);
        Ok(())
    }

    fn is_met(&self, product: &Product) -> bool {
        let Some(product_type) = offered::product_type(product) else { return false };
        any(&self.product_types, product_type)
            && any(&self.service_codes, product.service())
            && any(&self.operations, offered::operation(product))
            && (self.usage_types.is_empty() || any(&self.usage_types, &Described::of(product).usage_type))
            && self.has_properties(product)
    }

    fn has_properties(&self, product: &Product) -> bool {
        if self.properties.is_empty() {
            return true;
        }
        let properties = offered::properties(product);
        self.properties.iter().all(|(name, values)| {
            properties.iter().any(|(known, value)| known == name && values.iter().any(|wanted| wanted == value))
        })
    }

    /// The rates of these offers that are asked for, from a place on and with their places, always in the same order.
    pub fn found<'a>(
        &'a self,
        sheet: &'a Sheet,
        products: &'a Products,
        offers: &'a [PlanOffer],
        begin: usize,
    ) -> impl Iterator<Item = (usize, (&'a PlanOffer, Rate))> {
        let pairs =
            offers.iter().flat_map(|offer| products.of_offer(offer).iter().map(move |product| (offer, product)));
        let asked = pairs.enumerate().skip(begin).filter(|(_, (_, product))| self.is_met(product));
        asked.filter_map(|(place, (offer, product))| {
            let each = sheet.offered_rate(offer, product)?;
            Some((place, (offer, Rate { product: product.clone(), each })))
        })
    }
}
