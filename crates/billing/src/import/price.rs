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
fn term_of(text: &str) -> Option<Term> {
    match text.trim().trim_end_matches("yr") {
        "1" => Some(Term::OneYear),
        "3" => Some(Term::ThreeYears),
        _ => None,
    }
}

fn class_of(text: &str) -> Option<Class> {
    Class::ALL.into_iter().find(|class| class.name() == text)
}

/// What a reservation is priced by: hours, or once.
fn is_upfront(unit: &str) -> Option<bool> {
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
fn is_compute(product_family: &str) -> Option<bool> {
    match product_family {
        "ComputeSavingsPlans" => Some(true),
        "EC2InstanceSavingsPlans" => Some(false),
        _ => None,
    }
}

/// `None` for what is not sold.
pub fn reserved(class: &str, term: &str, payment: &str, unit: &str) -> Option<Condition> {
    let (class, term) = (class_of(class)?, term_of(term)?);
    let (payment, is_upfront) = (Payment::parse(payment)?, is_upfront(unit)?);
    Some(Condition::Reserved { class, term, payment, is_upfront })
}

/// `None` for plans that are not sold here.
pub fn sold(product_family: &str, term: &str, payment: &str) -> Option<Condition> {
    let (is_compute, term) = (is_compute(product_family)?, term_of(term)?);
    Some(Condition::Plan { is_compute, term, payment: Payment::parse(payment)? })
}

/// `2025-09-12` of `2025-09-12T22:53:08Z`
pub fn day(moment: &str) -> &str {
    moment.split_once('T').map_or(moment, |(day, _)| day)
}
