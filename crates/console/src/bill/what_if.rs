//! The same usage under each purchase option.

use freehold_billing::Ledger;
use freehold_billing::bill::Timeline;
use freehold_billing::engine::Hour;
use freehold_billing::report::{PricedOption, Purchase};
use freehold_billing::what_if::{Choice, Offer, Profile, what_if};
use rust_decimal::Decimal;

use super::ask::{Ask, Period};
use crate::figure::{exact, money};

/// An option.
pub struct Row {
    pub name: String,
    /// The name of a colour of the style sheet.
    pub colour: &'static str,
    /// Percent of what On-Demand costs.
    pub percent: String,
    /// As they are shown and exactly.
    pub monthly: (String, String),
    pub saving: String,
    pub upfront: String,
    /// `8.6 months`; empty where nothing is bought.
    pub break_even: String,
}

/// All of them, the cheapest first.
pub struct WhatIf {
    pub rows: Vec<Row>,
    /// What to buy for the cheapest; empty if that is nothing.
    pub buy: Vec<String>,
    pub cheapest: Option<Row>,
    /// USD a month that On-Demand costs more.
    pub saved: String,
}

impl WhatIf {
    /// `None` where nothing was used that has a price.
    pub fn of(ledger: &Ledger, timeline: &Timeline, period: &Period, ask: &Ask) -> Option<Self> {
        // Nothing is idle in hours that are still to come.
        let to = period.to.min(Hour::of(ledger.now()).plus(1));
        let profile = Profile::of(timeline, period.from, to);
        let choices = what_if(&profile, ledger.sheet(), ledger.region(), &ask.wanted());
        let best = choices.first()?;
        if best.on_demand.is_zero() {
            return None;
        }
        let on_demand = choices.iter().find(|choice| choice.offer == Offer::OnDemand).map(PricedOption::from)?;
        let priced = PricedOption::from(best);
        let is_better = priced.monthly < on_demand.monthly;
        Some(Self {
            saved: money(&(on_demand.monthly - priced.monthly)),
            buy: priced.buy.iter().filter(|_| is_better).map(told).collect(),
            cheapest: is_better.then(|| Row::of(best, on_demand.monthly)),
            rows: choices.iter().map(|choice| Row::of(choice, on_demand.monthly)).collect(),
        })
    }
}

impl Row {
    fn of(choice: &Choice, on_demand: Decimal) -> Self {
        let option = PricedOption::from(choice);
        let percent =
            if on_demand.is_zero() { Decimal::ZERO } else { option.monthly / on_demand * Decimal::ONE_HUNDRED };
        Self {
            colour: match choice.offer {
                Offer::OnDemand => "on-demand",
                Offer::InstancePlans(..) | Offer::ComputePlan(..) => "plans",
                Offer::Reservations(..) => "reserved",
                Offer::Mix => "mix",
            },
            percent: format!("{percent:.2}"),
            monthly: (money(&option.monthly), exact(&option.monthly)),
            saving: if option.buy.is_empty() { String::new() } else { format!("{:.1} %", option.saving_percent) },
            upfront: if option.upfront.is_zero() { String::new() } else { money(&option.upfront) },
            break_even: option.break_even_months.map(|months| format!("{months:.1} months")).unwrap_or_default(),
            name: option.option,
        }
    }
}

/// `m5.large standard Reserved Instances: 3, 1 year, no upfront`
fn told(one: &Purchase) -> String {
    let is_plan = one.what.ends_with("Plan");
    let amount = if is_plan { format!("${} an hour", one.amount) } else { one.amount.to_string() };
    let years = if one.years == 1 { "1 year".to_owned() } else { format!("{} years", one.years) };
    format!("{}: {amount}, {years}, {}", one.what, one.payment.to_lowercase())
}
