//! Sums of a period.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::bill::{Bill, Dimension, Groups};
use crate::engine::Hour;

/// What a period cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub from: Timestamp,
    /// Not part of it.
    pub to: Timestamp,
    /// The day of which prices are.
    pub prices: String,
    /// In the order of their keys.
    pub lines: Vec<Line>,
    /// Of all lines.
    pub total: Line,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// A value for each dimension that was asked for.
    pub key: Vec<String>,
    /// In the unit of what was used; means something only where a line is of one usage type.
    pub quantity: Decimal,
    /// USD, with shares of what was paid upfront.
    pub cost: Decimal,
    /// USD that it would have cost On-Demand. Commitments that nobody used have none.
    pub on_demand: Decimal,
}

impl Report {
    /// Sums up the charges of a bill, those of one account if one is named.
    pub fn of(bill: &Bill, (from, to): (Hour, Hour), by: &[Dimension], account: Option<&str>, prices: &str) -> Self {
        let mut groups = Groups::new(bill, by);
        for (hour, mut charges) in bill.hours(from, to) {
            charges.retain(|charge| account.is_none_or(|account| *charge.account == *account));
            groups.add(hour, &charges);
        }
        let mut total = Line::default();
        let lines = groups.done().into_iter().map(|(key, sums)| {
            total.quantity += sums.quantity;
            total.cost += sums.amortized;
            total.on_demand += sums.on_demand;
            Line { key, quantity: sums.quantity, cost: sums.amortized, on_demand: sums.on_demand }
        });
        let lines = lines.collect();
        Self { from: from.start(), to: to.start(), prices: prices.to_owned(), lines, total }
    }
}
