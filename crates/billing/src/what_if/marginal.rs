//! How much of one offer to buy, given what is left to pay for.

use rust_decimal::Decimal;

use super::profile::Profile;
use crate::engine::{Prices, SavingsPlan};

/// The commitment of this plan that costs least, in USD an hour.
///
/// A plan pays for the highest savings first, so that in each hour one more dollar saves as much as the one before or less.
/// The sum over all hours then falls too, and the best commitment is where it falls below that dollar.
pub(super) fn best_commitment(profile: &Profile, plan: &SavingsPlan, prices: &impl Prices) -> Decimal {
    // From which commitment on how much more, or less, a dollar saves in all hours together.
    let mut changes: Vec<(Decimal, Decimal)> = Vec::new();
    let rates: Vec<_> = profile.products().iter().map(|product| rate(plan, product, prices)).collect();
    for (count, amounts) in profile.hours() {
        let fitting = amounts.iter().filter_map(|&(product, quantity)| Some((rates[product]?, quantity)));
        let mut steps: Vec<_> = fitting.collect();
        steps.sort_by(|(a, _), (b, _)| (b.worth, a.each).cmp(&(a.worth, b.each)));
        let mut spent = Decimal::ZERO;
        for (rate, quantity) in steps {
            changes.push((spent, *count * rate.worth));
            spent += rate.each * quantity;
            changes.push((spent, -*count * rate.worth));
        }
    }
    changes.sort();
    let (mut saved, mut best) = (Decimal::ZERO, Decimal::ZERO);
    for (at, change) in changes {
        // What a dollar between the last change and this one saved.
        if saved > profile.length() {
            best = at;
        }
        saved += change;
    }
    best
}

#[derive(Clone, Copy)]
struct Rate {
    /// USD for a unit with the plan.
    each: Decimal,
    /// USD On-Demand for what the plan has for a dollar.
    worth: Decimal,
}

fn rate(plan: &SavingsPlan, product: &crate::engine::Product, prices: &impl Prices) -> Option<Rate> {
    let each = plan.fits(product).then(|| prices.plan_rate(plan, product)).flatten().filter(|each| !each.is_zero())?;
    Some(Rate { each, worth: prices.on_demand(product) / each })
}

/// How many instances of a product to reserve at so many USD an hour each.
pub(super) fn best_count_of(profile: &Profile, product: usize, on_demand: Decimal, each: Decimal) -> u32 {
    let used = |(count, amounts): &(Decimal, Vec<(usize, Decimal)>)| {
        let used: Decimal = amounts.iter().filter(|(at, _)| *at == product).map(|(_, quantity)| *quantity).sum();
        (*count, used)
    };
    let hours: Vec<_> = profile.hours().iter().map(used).collect();
    best_count(&hours, on_demand, each)
}

/// How many reservations pay for themselves, at USD an hour for what runs without one and for each of them, used or not:
/// each one more is used less than the one before. `hours` is how many there are in which so many run.
pub fn best_count(hours: &[(Decimal, Decimal)], on_demand: Decimal, each: Decimal) -> u32 {
    let length: Decimal = hours.iter().map(|(count, _)| *count).sum();
    let pays_off = |already: &u32| {
        let already = Decimal::from(*already);
        let covered =
            |(count, used): &(Decimal, Decimal)| *count * (*used - already).clamp(Decimal::ZERO, Decimal::ONE);
        let covered: Decimal = hours.iter().map(covered).sum();
        covered * on_demand > length * each
    };
    (0..).take_while(pays_off).count().try_into().unwrap_or(u32::MAX)
}
