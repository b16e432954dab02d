//! Lines of a bill.

use std::sync::Arc;

use rust_decimal::Decimal;

/// What became of a part of an hour's usage, or of a commitment that nobody used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Whose usage; of an unused commitment, its owner.
    pub account: Arc<str>,
    /// What was used, by its id or ARN; of an unused commitment, that one.
    pub resource: Arc<str>,
    /// Where the product is in [`super::Biller::products`]; `None` for unused commitments.
    pub product: Option<usize>,
    /// In the product's unit.
    pub quantity: Decimal,
    pub pays: Pays,
    /// USD, with the hour's share of what was paid upfront.
    pub amortized: Decimal,
    /// USD that it would cost without commitments.
    pub on_demand: Decimal,
}

/// Who pays for it, by place in the list of commitments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pays {
    OnDemand,
    Reservation(usize),
    SavingsPlan(usize),
    /// Nobody used this part of it.
    UnusedReservation(usize),
    UnusedSavingsPlan(usize),
}

impl Pays {
    pub fn is_unused(self) -> bool {
        matches!(self, Self::UnusedReservation(_) | Self::UnusedSavingsPlan(_))
    }
}
