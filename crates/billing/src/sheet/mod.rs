//! The price sheet: what a unit of each product costs with no commitment, and what plans and reservations take off.
//!
//! Figures with their date are in a file that users can replace; On-Demand prices of instance types come with the types.

mod discounts;
mod file;
mod rates;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::engine::InstanceType;
use crate::offers::Offers;
pub use discounts::Discounted;
use file::File;

/// The sheet that is used where there is no other.
const BUILTIN: &str = include_str!("../../data/prices.toml");

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
    offers: Offers,
}

/// Why a price file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the price file is not one: {0}")]
pub struct Unreadable(String);

impl Sheet {
    /// The one that comes with the program.
    pub fn builtin(types: Arc<dyn InstanceTypes>) -> Result<Self, Unreadable> {
        Self::read(BUILTIN, types)
    }

    pub fn read(text: &str, types: Arc<dyn InstanceTypes>) -> Result<Self, Unreadable> {
        let file: File = toml::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
        let flat = file.rate.iter().map(|rate| ((rate.service.clone(), rate.usage_type.clone()), rate.usd)).collect();
        let offers = Offers::of(&*types);
        Ok(Self { file, types, flat, offers })
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
        self.file.rate.iter().map(|rate| (&*rate.service, &*rate.usage_type, &*rate.unit, rate.usd))
    }
}
