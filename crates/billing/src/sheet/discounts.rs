//! What commitments take off.

use rust_decimal::Decimal;

use super::Sheet;
use crate::offers::{Payment, Term};

/// What a discount is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discounted {
    /// EC2 usage with an EC2 Instance Savings Plan.
    InstancePlan,
    /// EC2 usage with a Compute Savings Plan.
    ComputePlan,
    Fargate,
    Lambda,
    StandardReservation,
    ConvertibleReservation,
}

impl Discounted {
    fn name(self) -> &'static str {
        match self {
            Self::InstancePlan => "EC2Instance",
            Self::ComputePlan => "Compute",
            Self::Fargate => "Fargate",
            Self::Lambda => "Lambda",
            Self::StandardReservation => "standard",
            Self::ConvertibleReservation => "convertible",
        }
    }
}

impl Sheet {
    /// What is left of a price, between 0 and 1, with a commitment; `None` if the sheet has no discount for it. The
    /// family is that of an instance type, and empty for what has none.
    pub fn share(&self, of: Discounted, family: &str, term: Term, payment: Payment) -> Option<Decimal> {
        let fits = |pattern: &String| match pattern.strip_suffix('*') {
            Some(beginning) => family.starts_with(beginning),
            None => family == pattern,
        };
        let is_it = |name: &String| name == of.name();
        let entries = self.file.discount.iter().rev();
        let entry = entries.into_iter().find(|entry| entry.of.iter().any(is_it) && entry.families.iter().any(fits))?;
        let percents = if term == Term::OneYear { entry.one_year } else { entry.three_years };
        Some((Decimal::ONE_HUNDRED - percents[payment as usize]) / Decimal::ONE_HUNDRED)
    }
}
