//! The price sheet: what a unit of each product costs with no commitment, and what plans and reservations take off.
//!
//! Figures with their date are in a file that users can replace; On-Demand prices of instance types come with the types.

mod discounts;
mod file;
mod published;
mod rates;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::engine::InstanceType;
use crate::offers::Offers;
pub use discounts::Discounted;
use published::Published;

pub(crate) use file::{
    ByPayment, ByTerm, File, HostPrices, InstancePrices, PlanPrices, Rate, ReservedPrice, Source, UsagePrices,
};

/// The sheet that is used where there is no other.
const BUILTIN: &str = include_str!("../../data/prices.toml");

/// Service and usage type of the fee for each hour in which an account has a Dedicated Instance in the region.
pub const REGION_FEE: (&str, &str) = ("AmazonEC2", "DedicatedRegionFee");

/// What the sheet must know of an instance type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeFacts {
    pub vcpus: u32,
    /// USD an hour On-Demand, on Linux with shared tenancy; `None` where there is no such price.
    pub on_demand: Option<Decimal>,
}

/// The catalogue of instance types.
pub trait InstanceTypes: Send + Sync + 'static {
    fn find(&self, name: &str) -> Option<TypeFacts>;

    /// All of their names, in order.
    fn names(&self) -> Vec<String>;

    /// The type with this name, as bills know it.
    fn parse(&self, name: &str) -> Option<InstanceType> {
        InstanceType::parse(name, self.find(name)?.vcpus)
    }
}

/// Prices of a region.
pub struct Sheet {
    file: File,
    types: Arc<dyn InstanceTypes>,
    /// USD for a unit, by service and usage type.
    flat: HashMap<(String, String), Decimal>,
    published: Published,
    offers: Offers,
}

/// Why a price file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the price file is not one: {0}")]
pub struct Unreadable(String);

impl Unreadable {
    pub(crate) fn new(why: &impl ToString) -> Self {
        Self(why.to_string())
    }
}

impl Sheet {
    /// The one that comes with the program.
    pub fn builtin(types: Arc<dyn InstanceTypes>) -> Result<Self, Unreadable> {
        Self::read(BUILTIN, types)
    }

    pub fn read(text: &str, types: Arc<dyn InstanceTypes>) -> Result<Self, Unreadable> {
        Ok(Self::new(File::read(text)?, types))
    }

    pub(crate) fn new(file: File, types: Arc<dyn InstanceTypes>) -> Self {
        let named = |rate: &Rate| ((rate.service.clone(), rate.usage_type.clone()), rate.usd);
        let mut flat: HashMap<_, _> = file.rate.iter().map(named).collect();
        let (service, usage_type) = REGION_FEE;
        flat.insert((service.to_owned(), usage_type.to_owned()), file.dedicated.region_usd_per_hour);
        let offers = Offers::of(&*types);
        let published = Published::of(&file);
        Self { file, types, flat, published, offers }
    }

    /// The day of which prices are: `2026-07-01`.
    pub fn date(&self) -> &str {
        &self.file.date
    }

    /// Product descriptions of systems that cost something on top of Linux, in the order of the file.
    pub fn platforms(&self) -> impl Iterator<Item = &str> {
        self.file.platform.iter().map(|platform| &*platform.description)
    }

    /// What can be bought.
    pub fn offers(&self) -> &Offers {
        &self.offers
    }

    /// Usage types with one price for all, in the order of the file: service, usage type, unit and USD.
    pub fn flat_rates(&self) -> impl Iterator<Item = (&str, &str, &str, Decimal)> {
        let rates = self.file.rate.iter().map(|rate| (&*rate.service, &*rate.usage_type, &*rate.unit, rate.usd));
        let (service, usage_type) = REGION_FEE;
        rates.chain(std::iter::once((service, usage_type, "Hrs", self.dedicated_region())))
    }
}

impl File {
    pub(crate) fn read(text: &str) -> Result<Self, Unreadable> {
        toml::from_str(text).map_err(|error| Unreadable(error.to_string()))
    }

    pub(crate) fn builtin() -> Result<Self, Unreadable> {
        Self::read(BUILTIN)
    }
}
