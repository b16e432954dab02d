//! Sums of charges by what a reader asks for.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::Bill;
use super::option::PurchaseOption;
use super::products::Described;
use crate::engine::{Charge, Hour, Pays};

/// What charges are told apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dimension {
    Hour,
    Day,
    Month,
    Account,
    Service,
    UsageType,
    Resource,
    /// How it was paid for: the name of a [`PurchaseOption`].
    Option,
    Region,
    /// The value of this tag.
    Tag(String),
}

/// One value for each dimension, in the order in which they were asked for.
pub type Key = Vec<String>;

/// USD, and units of usage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// With shares of what was paid upfront.
    pub amortized: Decimal,
    /// Without any commitment.
    pub on_demand: Decimal,
    /// In the product's unit; means something only where there is a single one.
    pub quantity: Decimal,
}

/// Sums under way.
pub struct Groups<'a> {
    bill: &'a Bill,
    by: &'a [Dimension],
    sums: BTreeMap<Key, Sums>,
}

impl<'a> Groups<'a> {
    pub fn new(bill: &'a Bill, by: &'a [Dimension]) -> Self {
        Self { bill, by, sums: BTreeMap::new() }
    }

    pub fn add(&mut self, hour: Hour, charges: &[Charge]) {
        for charge in charges {
            let key = self.by.iter().map(|dimension| dimension.of(self.bill, hour, charge)).collect();
            let sums: &mut Sums = self.sums.entry(key).or_default();
            sums.amortized += charge.amortized;
            sums.on_demand += charge.on_demand;
            sums.quantity += charge.quantity;
        }
    }

    pub fn done(self) -> BTreeMap<Key, Sums> {
        self.sums
    }
}

/// Charges of commitments that nobody used.
const UNUSED: &str = "(unused commitment)";

impl Dimension {
    fn of(&self, bill: &Bill, hour: Hour, charge: &Charge) -> String {
        let product = charge.product.map(|at| &bill.biller().products()[at]);
        let when = |format: &str| hour.start().to_zoned(TimeZone::UTC).strftime(format).to_string();
        match self {
            Self::Hour => when("%Y-%m-%dT%H:00:00Z"),
            Self::Day => when("%Y-%m-%d"),
            Self::Month => when("%Y-%m"),
            Self::Account => charge.account.to_string(),
            Self::Service => {
                product.map_or_else(|| service_of(charge.pays).to_owned(), |product| product.service().to_owned())
            }
            Self::UsageType => product.map_or_else(|| UNUSED.to_owned(), |product| Described::of(product).usage_type),
            Self::Resource => charge.resource.to_string(),
            Self::Option => PurchaseOption::of(charge.pays, product).name().to_owned(),
            Self::Region => product.map_or_else(String::new, |product| product.region().to_string()),
            Self::Tag(key) => {
                let tags = bill.timeline().tags_of(&charge.resource);
                tags.and_then(|tags| tags.get(key)).cloned().unwrap_or_default()
            }
        }
    }
}

/// Who charges for a commitment that nobody used.
fn service_of(pays: Pays) -> &'static str {
    if matches!(pays, Pays::UnusedReservation(_)) { "AmazonEC2" } else { "ComputeSavingsPlans" }
}
