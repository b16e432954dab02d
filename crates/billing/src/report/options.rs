//! A workload under each purchase option, as people read it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::what_if::{Bought, Choice};

/// Digits after the point of amounts of money.
const CENTS: u32 = 2;

/// One way to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedOption {
    /// `Compute Savings Plan, 1 year, no upfront`
    pub option: String,
    /// USD a month of 730 hours.
    pub monthly: Decimal,
    /// Percent off On-Demand.
    pub saving_percent: Decimal,
    /// USD at once.
    pub upfront: Decimal,
    /// For how many months the workload must run until it pays off; absent where nothing is bought.
    pub break_even_months: Option<Decimal>,
    pub buy: Vec<Purchase>,
}

/// Something to buy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    pub what: String,
    /// USD an hour of a plan, instances of a reservation.
    pub amount: Decimal,
    pub years: u32,
    pub payment: String,
    pub upfront: Decimal,
}

impl From<&Choice> for PricedOption {
    fn from(choice: &Choice) -> Self {
        Self {
            option: choice.offer.to_string(),
            monthly: choice.monthly().round_dp(CENTS),
            saving_percent: (choice.saving() * Decimal::ONE_HUNDRED).round_dp(1),
            upfront: choice.upfront().round_dp(CENTS),
            break_even_months: choice.break_even_months().map(|months| months.round_dp(1)),
            buy: choice.bought.iter().map(Purchase::from).collect(),
        }
    }
}

impl From<&Bought> for Purchase {
    fn from(bought: &Bought) -> Self {
        Self {
            what: bought.what.clone(),
            amount: bought.amount.normalize(),
            years: bought.term.years(),
            payment: bought.payment.name().to_owned(),
            upfront: bought.upfront.round_dp(CENTS),
        }
    }
}
