//! A price as both formats have it.

use rust_decimal::Decimal;

use crate::offers::{Class, Payment, Term};

/// Under which conditions something costs so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// From this amount on.
    OnDemand {
        begin: Decimal,
    },
    Reserved {
        class: Class,
        term: Term,
        payment: Payment,
        is_upfront: bool,
    },
    Plan {
        is_compute: bool,
        term: Term,
        payment: Payment,
    },
}

/// USD for a unit; digits that say nothing are left out.
///
/// # Errors
/// What is wrong, as a sentence.
pub fn usd(text: &str) -> Result<Decimal, String> {
    let read = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text));
    let usd = read.map_err(|_| format!("{text:?} is not a price"))?;
    if usd.is_sign_negative() && !usd.is_zero() {
        return Err(format!("{text} is less than nothing"));
    }
    Ok(usd.normalize())
}

/// Of `1yr`, and of `1` with the unit `year`.
pub fn term(text: &str) -> Option<Term> {
    match text.trim().trim_end_matches("yr") {
        "1" => Some(Term::OneYear),
        "3" => Some(Term::ThreeYears),
        _ => None,
    }
}

pub fn class(text: &str) -> Option<Class> {
    Class::ALL.into_iter().find(|class| class.name() == text)
}

/// What a reservation is priced by: hours, or once.
pub fn is_upfront(unit: &str) -> Option<bool> {
    match unit {
        "Hrs" => Some(false),
        "Quantity" => Some(true),
        _ => None,
    }
}

/// Where an amount begins; from the first unit on where nothing is said.
///
/// # Errors
/// What is wrong, as a sentence.
pub fn begin(text: &str) -> Result<Decimal, String> {
    if text.is_empty() {
        return Ok(Decimal::ZERO);
    }
    text.parse().map_err(|_| format!("{text:?} is not where a range begins"))
}

/// Of the plans that are sold here; whether it is one for all compute.
pub fn is_compute(product_family: &str) -> Option<bool> {
    match product_family {
        "ComputeSavingsPlans" => Some(true),
        "EC2InstanceSavingsPlans" => Some(false),
        _ => None,
    }
}
