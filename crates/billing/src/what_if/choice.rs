//! A way to pay for a workload.

use std::fmt;

use rust_decimal::Decimal;

use crate::offers::{Class, Payment, Term};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    OnDemand,
    /// A plan for each family of instances.
    InstancePlans(Term, Payment),
    ComputePlan(Term, Payment),
    Reservations(Class, Term, Payment),
    /// Whatever of these costs least together.
    Mix,
}

/// A commitment to buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    /// `Compute Savings Plan`, `m5 EC2 Instance Savings Plan`, `m5.large standard Reserved Instances`
    pub what: String,
    pub term: Term,
    pub payment: Payment,
    /// USD an hour of a plan; instances of a reservation.
    pub amount: Decimal,
    /// USD at once.
    pub upfront: Decimal,
    /// USD an hour over the term, upfront part included.
    pub hourly: Decimal,
}

/// What a workload costs if it is paid for like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub offer: Offer,
    pub bought: Vec<Bought>,
    /// USD an hour on average: what was promised, and what is left for On-Demand.
    pub hourly: Decimal,
    /// USD an hour on average without commitments.
    pub on_demand: Decimal,
}

/// Hours of a month, on average (*AWS Pricing Calculator: 730 hours in a month*).
const HOURS_A_MONTH: u32 = 730;

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = |f: &mut fmt::Formatter<'_>, what: &str, term: Term, payment: Payment| {
            let years = if term == Term::OneYear { "1 year" } else { "3 years" };
            write!(f, "{what}, {years}, {}", payment.name().to_lowercase())
        };
        match *self {
            Self::OnDemand => f.write_str("On-Demand"),
            Self::Mix => f.write_str("Cheapest mix of Savings Plans"),
            Self::InstancePlans(term, payment) => terms(f, "EC2 Instance Savings Plans", term, payment),
            Self::ComputePlan(term, payment) => terms(f, "Compute Savings Plan", term, payment),
            Self::Reservations(Class::Standard, term, payment) => {
                terms(f, "Standard Reserved Instances", term, payment)
            }
            Self::Reservations(Class::Convertible, term, payment) => {
                terms(f, "Convertible Reserved Instances", term, payment)
            }
        }
    }
}

impl Choice {
    /// USD a month.
    pub fn monthly(&self) -> Decimal {
        self.hourly * Decimal::from(HOURS_A_MONTH)
    }

    /// Of the price On-Demand, between 0 and 1.
    pub fn saving(&self) -> Decimal {
        if self.on_demand.is_zero() { Decimal::ZERO } else { Decimal::ONE - self.hourly / self.on_demand }
    }

    /// USD at once.
    pub fn upfront(&self) -> Decimal {
        self.bought.iter().map(|bought| bought.upfront).sum()
    }

    /// For how many months the workload must run until what was bought, which is paid for over its whole term whatever
    /// happens, is cheaper than On-Demand would have been; `None` if nothing was bought.
    pub fn break_even_months(&self) -> Option<Decimal> {
        let owed = |bought: &Bought| bought.hourly * Decimal::from(bought.term.hours());
        let owed: Decimal = self.bought.iter().map(owed).sum();
        let promised: Decimal = self.bought.iter().map(|bought| bought.hourly).sum();
        // What On-Demand would ask for the part that commitments pay for.
        let covered = self.on_demand - (self.hourly - promised);
        (!owed.is_zero() && covered > Decimal::ZERO).then(|| owed / (covered * Decimal::from(HOURS_A_MONTH)))
    }
}
