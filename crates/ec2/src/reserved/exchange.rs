//! What Convertible Reserved Instances are worth, and what they are exchanged for (*EC2 user guide, Exchange Convertible
//! Reserved Instances*): as many of the new ones as are worth no less, for the upfront fee that is left to pay.

use freehold_billing::engine::Hour;
use freehold_billing::model::{Reserved, ReservedState};
use freehold_billing::offers::{Class, Payment, ReservationOffer, ReservationPrice, Term};
use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Bought;

/// Digits after the point of values, as quotes have them.
pub const DIGITS: u32 = 6;

/// What Reserved Instances are worth until they expire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Value {
    /// USD an hour of all instances.
    pub hourly: Decimal,
    /// USD of what was paid upfront.
    pub upfront: Decimal,
    /// USD until the end.
    pub total: Decimal,
}

impl Value {
    /// Of so many instances with so many hours left of their term.
    fn of(count: u32, upfront: Decimal, hourly: Decimal, hours: Decimal, term: Term) -> Self {
        let count = Decimal::from(count);
        let upfront = upfront * count * hours / Decimal::from(term.hours());
        let hourly = hourly * count;
        Self { hourly, upfront, total: upfront + hourly * hours }
    }

    /// Of what was bought.
    pub fn left(bought: &Bought, now: Timestamp) -> Self {
        let Reserved { count, upfront, hourly, end, .. } = bought.reserved;
        Self::of(count, upfront, hourly, hours_to(end, now), bought.offer.term)
    }

    pub fn sum(values: &[Self]) -> Self {
        values.iter().fold(Self::default(), |sum, value| Self {
            hourly: sum.hourly + value.hourly,
            upfront: sum.upfront + value.upfront,
            total: sum.total + value.total,
        })
    }
}

/// What is got for what was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    pub count: u32,
    /// Of all new instances.
    pub value: Value,
    /// USD to pay at once.
    pub due: Decimal,
    /// When the new ones expire.
    pub end: Timestamp,
}

/// Why an exchange cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The Reserved Instance {0} is not convertible.")]
    NotConvertible(String),
    #[error("The Reserved Instance {0} is not active.")]
    NotActive(String),
    #[error("The target offering is not convertible.")]
    TargetNotConvertible,
    #[error(
        "The term of the target offering must be {0} years, the longest of the Reserved Instances to be exchanged."
    )]
    Term(u32),
    #[error(
        "All Upfront and Partial Upfront Convertible Reserved Instances cannot be exchanged for No Upfront Convertible \
         Reserved Instances."
    )]
    NoUpfront,
}

/// Clock hours that are left, with the one that is under way.
fn hours_to(end: Timestamp, now: Timestamp) -> Decimal {
    Decimal::from((Hour::of(end).0 - Hour::of(now).0).max(0))
}

/// The last of them to expire is when the new ones do.
pub fn end_of(sources: &[Bought]) -> Option<Timestamp> {
    sources.iter().map(|source| source.reserved.end).max()
}

/// Exchanges what was bought for instances of an offer that costs so much.
///
/// # Errors
/// The rules of exchanges do not let them be exchanged.
pub fn deal(
    sources: &[Bought],
    target: &ReservationOffer,
    price: ReservationPrice,
    now: Timestamp,
) -> Result<Deal, Refusal> {
    check(sources, target, now)?;
    let end = end_of(sources).unwrap_or(now);
    let old = Value::sum(&sources.iter().map(|source| Value::left(source, now)).collect::<Vec<_>>());
    let of = |count| Value::of(count, price.upfront, price.hourly, hours_to(end, now), target.term);
    let each = of(1);
    let mut needed = vec![times(old.total, each.total), times(old.upfront, each.upfront)];
    if target.payment == Payment::NoUpfront {
        needed.push(times(old.hourly, each.hourly));
    }
    let count = needed.into_iter().max().unwrap_or(1);
    let value = of(count);
    let due = (value.upfront - old.upfront).round_dp(DIGITS).max(Decimal::ZERO);
    Ok(Deal { count, value, due, end })
}

/// How many are worth no less. Divisions leave a trace in the last digits, which is not worth another instance.
fn times(whole: Decimal, each: Decimal) -> u32 {
    if each.is_zero() {
        return 1;
    }
    (whole / each).round_dp(DIGITS).ceil().to_u32().unwrap_or(u32::MAX).max(1)
}

fn check(sources: &[Bought], target: &ReservationOffer, now: Timestamp) -> Result<(), Refusal> {
    for source in sources {
        if source.offer.class != Class::Convertible {
            return Err(Refusal::NotConvertible(source.reserved.id.clone()));
        }
        if source.reserved.state(now) != ReservedState::Active {
            return Err(Refusal::NotActive(source.reserved.id.clone()));
        }
    }
    if target.class != Class::Convertible {
        return Err(Refusal::TargetNotConvertible);
    }
    let longest = sources.iter().map(|source| source.offer.term).max();
    if let Some(longest) = longest.filter(|longest| *longest != target.term) {
        return Err(Refusal::Term(longest.years()));
    }
    let is_paid_upfront = sources.iter().any(|source| source.offer.payment != Payment::NoUpfront);
    if is_paid_upfront && target.payment == Payment::NoUpfront {
        return Err(Refusal::NoUpfront);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::tests::{bought, convertible};
    use super::*;

    const START: &str = "2026-11-30T10:20:30Z";

    fn after(hours: i64) -> Timestamp {
        START.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
    }

    fn usd(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn price(upfront: &str, hourly: &str) -> ReservationPrice {
        ReservationPrice { upfront: usd(upfront), hourly: usd(hourly) }
    }

    /// Of m5.large for a year, convertible, all of it paid upfront.
    fn old(count: u32, upfront: &str) -> Bought {
        let mut old = convertible("m5.large", count);
        old.offer.payment = Payment::AllUpfront;
        (old.reserved.upfront, old.reserved.hourly) = (usd(upfront), Decimal::ZERO);
        old
    }

    fn target(payment: Payment) -> ReservationOffer {
        ReservationOffer { payment, ..convertible("c5.large", 1).offer }
    }

    #[test]
    fn what_is_left_of_it_goes_down_hour_by_hour() {
        let mut one = old(2, "876");
        one.reserved.hourly = usd("0.01");
        let whole = Value::left(&one, after(0));
        assert_eq!((whole.hourly, whole.upfront, whole.total), (usd("0.02"), usd("1752"), usd("1927.20")));
        let half = Value::left(&one, after(4380));
        assert_eq!((half.hourly, half.upfront, half.total), (usd("0.02"), usd("876"), usd("963.60")));
        assert_eq!(Value::left(&one, after(8760)).total, Decimal::ZERO);
    }

    #[test]
    fn the_remainder_needs_another_whole_one() {
        // *$35/$10 = 3.5: three, and one more that is paid for.*
        let exchanged = deal(&[old(1, "35")], &target(Payment::AllUpfront), price("10", "0"), after(0)).unwrap();
        assert_eq!((exchanged.count, exchanged.due, exchanged.value.total), (4, usd("5"), usd("40")));
    }

    #[test]
    fn the_true_up_is_for_the_time_that_is_left() {
        // *$600 prorated upfront cost of new reservations - $500 remaining upfront cost = $100*, at half of the term.
        let exchanged = deal(&[old(1, "1000")], &target(Payment::AllUpfront), price("1200", "0"), after(4380)).unwrap();
        assert_eq!((exchanged.count, exchanged.due), (1, usd("100")));
        assert_eq!(exchanged.end, after(8760));
    }

    #[test]
    fn nothing_is_due_for_the_same_again() {
        for hours in [0, 1, 777, 8759] {
            let exchanged =
                deal(&[old(7, "347")], &target(Payment::AllUpfront), price("347", "0"), after(hours)).unwrap();
            assert_eq!((exchanged.count, exchanged.due), (7, Decimal::ZERO), "{hours}");
        }
    }

    #[test]
    fn less_upfront_means_more_instances_until_nothing_is_paid_back() {
        let partial = price("100", "0.02");
        let exchanged = deal(&[old(1, "500")], &target(Payment::PartialUpfront), partial, after(0)).unwrap();
        assert_eq!((exchanged.count, exchanged.due), (5, Decimal::ZERO));
        assert!(exchanged.value.total > usd("500"));
    }

    #[test]
    fn no_upfront_ones_cost_no_less_an_hour_than_before() {
        let mut one = convertible("m5.large", 3);
        one.reserved.hourly = usd("0.06");
        let exchanged = deal(&[one], &target(Payment::NoUpfront), price("0", "0.05"), after(100)).unwrap();
        assert_eq!((exchanged.count, exchanged.due, exchanged.value.hourly), (4, Decimal::ZERO, usd("0.20")));
    }

    #[test]
    fn what_is_not_exchanged_says_why() {
        let refused = |sources: &[Bought], target: &ReservationOffer, hours| {
            deal(sources, target, price("100", "0.1"), after(hours)).unwrap_err()
        };
        let upfront = target(Payment::AllUpfront);
        assert!(matches!(refused(&[bought("m5.large", 1)], &upfront, 0), Refusal::NotConvertible(_)));
        assert!(matches!(refused(&[old(1, "1")], &upfront, 8760), Refusal::NotActive(_)));
        let standard = ReservationOffer { class: Class::Standard, ..upfront.clone() };
        assert_eq!(refused(&[old(1, "1")], &standard, 0), Refusal::TargetNotConvertible);
        let long = ReservationOffer { term: Term::ThreeYears, ..upfront };
        assert_eq!(refused(&[old(1, "1")], &long, 0), Refusal::Term(1));
        assert_eq!(refused(&[old(1, "1")], &target(Payment::NoUpfront), 0), Refusal::NoUpfront);
    }

    #[test]
    fn of_several_the_longest_term_and_the_last_end_count() {
        let (short, mut long) = (old(1, "365"), old(1, "1095"));
        long.offer.term = Term::ThreeYears;
        long.reserved.end = after(2 * 8760);
        let target = ReservationOffer { term: Term::ThreeYears, ..target(Payment::AllUpfront) };
        let exchanged = deal(&[short, long], &target, price("1095", "0"), after(0)).unwrap();
        // 365 and 730 are left; a new one for the same two years costs 730.
        assert_eq!((exchanged.count, exchanged.due, exchanged.end), (2, usd("365"), after(2 * 8760)));
    }
}
