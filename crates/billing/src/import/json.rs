//! Price lists as JSON: products first, then their prices by terms (*Billing user guide, Reading the service price list
//! file: JSON file*). Nothing is kept of a product that is not of use, and its prices are passed over unread.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::LeftOut;
use super::found::Found;
use super::price::{self, Condition, day, reserved, sold};
use super::subject::Subject;

pub fn read(file: impl Read, found: &mut Found) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_reader(file);
    Part(List { found, skus: HashMap::new(), plans: HashMap::new() }).deserialize(&mut reader)?;
    reader.end()
}

/// A part of the file, which its visitor takes.
struct Part<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Part<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        from.deserialize_any(self.0)
    }
}

/// The whole file.
struct List<'a> {
    found: &'a mut Found,
    /// Products of a service that are of use.
    skus: HashMap<String, Subject>,
    /// Savings Plans.
    plans: HashMap<String, PlanProduct>,
}

#[derive(Default)]
struct PlanProduct {
    family: String,
    term: String,
    payment: String,
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price list")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        let (mut has_products, mut has_terms) = (false, false);
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "offerCode" => self.found.offer = map.next_value()?,
                "publicationDate" => self.found.date = day(&map.next_value::<String>()?).to_owned(),
                "products" => {
                    has_products = true;
                    map.next_value_seed(Part(Products(&mut self)))?;
                }
                "terms" if !has_products => return Err(M::Error::custom("the terms come before the products")),
                "terms" => {
                    has_terms = true;
                    map.next_value_seed(Part(Terms(&mut self)))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if has_products && has_terms { Ok(()) } else { Err(M::Error::custom("there are no products with terms")) }
    }
}

/// Of a service an object by unit, of Savings Plans a list.
struct Products<'l, 'a>(&'l mut List<'a>);

#[derive(Deserialize)]
struct Product {
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(default)]
    servicecode: String,
    #[serde(default)]
    usagetype: String,
    #[serde(default)]
    operation: String,
    #[serde(default, rename = "regionCode")]
    region: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    sku: String,
    #[serde(default)]
    product_family: String,
    #[serde(default)]
    attributes: PlanAttributes,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanAttributes {
    #[serde(default)]
    purchase_option: String,
    #[serde(default)]
    purchase_term: String,
}

impl<'de> Visitor<'de> for Products<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("products")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(sku) = map.next_key::<String>()? {
            let Product { attributes: Attributes { servicecode, usagetype, operation, region } } = map.next_value()?;
            if let Some(subject) = self.0.found.subject(&region, &servicecode, &usagetype, &operation) {
                self.0.skus.insert(sku, subject);
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut plans: S) -> Result<(), S::Error> {
        self.0.found.offer = "ComputeSavingsPlans".to_owned();
        while let Some(Plan { sku, product_family: family, attributes }) = plans.next_element()? {
            let (term, payment) = (attributes.purchase_term, attributes.purchase_option);
            self.0.plans.insert(sku, PlanProduct { family, term, payment });
        }
        Ok(())
    }
}

struct Terms<'l, 'a>(&'l mut List<'a>);

impl<'de> Visitor<'de> for Terms<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(kind) = map.next_key::<String>()? {
            match &*kind {
                "OnDemand" => map.next_value_seed(Part(OfferTerms { list: self.0, is_reserved: false }))?,
                "Reserved" => map.next_value_seed(Part(OfferTerms { list: self.0, is_reserved: true }))?,
                "savingsPlan" => map.next_value_seed(Part(Plans(self.0)))?,
                _ => {
                    self.0.found.leave_out(LeftOut::OtherTerm);
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// By unit, then by unit and code of the term.
struct OfferTerms<'l, 'a> {
    list: &'l mut List<'a>,
    is_reserved: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfferTerm {
    #[serde(default)]
    term_attributes: TermAttributes,
    price_dimensions: BTreeMap<String, Dimension>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TermAttributes {
    #[serde(default)]
    lease_contract_length: String,
    #[serde(default)]
    purchase_option: String,
    #[serde(default)]
    offering_class: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    begin_range: String,
    price_per_unit: BTreeMap<String, String>,
}

impl<'de> Visitor<'de> for OfferTerms<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms by unit")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(sku) = map.next_key::<String>()? {
            let Some(subject) = self.list.skus.get(&sku) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            for term in map.next_value::<BTreeMap<String, OfferTerm>>()?.into_values() {
                for dimension in term.price_dimensions.values() {
                    let took = take(self.list.found, subject, self.is_reserved, &term.term_attributes, dimension);
                    took.map_err(M::Error::custom)?;
                }
            }
        }
        Ok(())
    }
}

fn take(
    found: &mut Found,
    subject: &Subject,
    is_reserved: bool,
    term: &TermAttributes,
    dimension: &Dimension,
) -> Result<(), String> {
    let Some(usd) = dimension.price_per_unit.get("USD") else {
        found.leave_out(LeftOut::NotInUsd);
        return Ok(());
    };
    let usd = price::usd(usd)?;
    let condition = if is_reserved {
        reserved(&term.offering_class, &term.lease_contract_length, &term.purchase_option, &dimension.unit)
    } else {
        Some(Condition::OnDemand { begin: price::begin(&dimension.begin_range)? })
    };
    found.take(subject, condition, usd);
    Ok(())
}

/// A list of plans, each with its rates.
struct Plans<'l, 'a>(&'l mut List<'a>);

impl<'de> Visitor<'de> for Plans<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms of Savings Plans")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut plans: S) -> Result<(), S::Error> {
        while plans.next_element_seed(Part(PlanTerm(self.0)))?.is_some() {}
        Ok(())
    }
}

struct PlanTerm<'l, 'a>(&'l mut List<'a>);

#[derive(Deserialize)]
struct Length {
    duration: Duration,
}

/// AWS says that it is a number, and writes it as text now and then.
#[derive(Deserialize)]
#[serde(untagged)]
enum Duration {
    Number(u64),
    Text(String),
}

impl<'de> Visitor<'de> for PlanTerm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the terms of a Savings Plan")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let (mut sku, mut length) = (None::<String>, None::<String>);
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "sku" => sku = Some(map.next_value()?),
                "leaseContractLength" => {
                    length = Some(match map.next_value::<Length>()?.duration {
                        Duration::Number(years) => years.to_string(),
                        Duration::Text(years) => years,
                    });
                }
                "rates" => {
                    let plan = sku.as_ref().and_then(|sku| self.0.plans.get(sku));
                    let plan =
                        plan.ok_or_else(|| M::Error::custom("rates of a plan that is not among the products"))?;
                    let term = length.as_deref().unwrap_or(&plan.term);
                    let condition = sold(&plan.family, term, &plan.payment);
                    map.next_value_seed(Part(Rates { found: self.0.found, condition }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Rates<'l> {
    found: &'l mut Found,
    condition: Option<Condition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    discounted_usage_type: String,
    #[serde(default)]
    discounted_operation: String,
    discounted_service_code: String,
    #[serde(default)]
    discounted_region_code: String,
    discounted_rate: Money,
}

#[derive(Deserialize)]
struct Money {
    price: String,
    currency: String,
}

impl<'de> Visitor<'de> for Rates<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rates")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut rates: S) -> Result<(), S::Error> {
        while let Some(rate) = rates.next_element::<Rate>()? {
            let (service, usage_type) = (&rate.discounted_service_code, &rate.discounted_usage_type);
            let (region, operation) = (&rate.discounted_region_code, &rate.discounted_operation);
            let Some(subject) = self.found.subject(region, service, usage_type, operation) else { continue };
            if rate.discounted_rate.currency != "USD" {
                self.found.leave_out(LeftOut::NotInUsd);
                continue;
            }
            let usd = price::usd(&rate.discounted_rate.price).map_err(S::Error::custom)?;
            self.found.take(&subject, self.condition, usd);
        }
        Ok(())
    }
}
