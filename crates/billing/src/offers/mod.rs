//! What can be bought: Savings Plans and Reserved Instances, each with an id that says what it is.

mod id;
mod plans;
mod reservations;

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::sheet::InstanceTypes;
pub use plans::{PlanFamily, PlanOffer};
pub use reservations::{Class, ReservationOffer, ReservationPrice};

/// For how long a commitment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    OneYear,
    ThreeYears,
}

impl Term {
    pub const ALL: [Self; 2] = [Self::OneYear, Self::ThreeYears];
    const HOURS_A_YEAR: u32 = 365 * 24;

    pub fn years(self) -> u32 {
        match self {
            Self::OneYear => 1,
            Self::ThreeYears => 3,
        }
    }

    pub fn hours(self) -> u32 {
        self.years() * Self::HOURS_A_YEAR
    }

    /// What the APIs measure it in.
    pub fn seconds(self) -> i64 {
        i64::from(self.hours()) * 3600
    }
}

/// How much of a commitment is paid at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payment {
    NoUpfront,
    PartialUpfront,
    AllUpfront,
}

impl Payment {
    pub const ALL: [Self; 3] = [Self::NoUpfront, Self::PartialUpfront, Self::AllUpfront];

    /// As the APIs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoUpfront => "No Upfront",
            Self::PartialUpfront => "Partial Upfront",
            Self::AllUpfront => "All Upfront",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|payment| payment.name() == name)
    }

    /// Of the whole, the part that is paid at once.
    pub fn upfront_share(self) -> Decimal {
        match self {
            Self::NoUpfront => Decimal::ZERO,
            Self::PartialUpfront => Decimal::new(5, 1),
            Self::AllUpfront => Decimal::ONE,
        }
    }
}

/// All offers of a region.
pub struct Offers {
    /// `m5`, in order.
    families: Vec<String>,
}

impl Offers {
    pub fn of(types: &dyn InstanceTypes) -> Self {
        let family = |name: &String| name.split_once('.').map(|(family, _)| family.to_owned());
        let families: BTreeSet<_> = types.names().iter().filter_map(family).collect();
        Self { families: families.into_iter().collect() }
    }

    /// All families of instance types, in order.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.families.iter().map(|family| &**family)
    }
}
