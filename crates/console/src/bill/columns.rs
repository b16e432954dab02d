//! The chart of cost by purchase option over time.

use freehold_billing::bill::PurchaseOption;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::figures::{ByOption, Cost};
use super::slots::Slot;
use crate::chart::{Bar, Column, Stacked, stacked};
use crate::figure::{exact, money};

/// Pixels.
const HEIGHT: f64 = 280.0;

/// The name of a colour of the style sheet.
pub fn colour(option: &PurchaseOption) -> &'static str {
    match option {
        PurchaseOption::Reserved | PurchaseOption::UnusedReserved => "reserved",
        PurchaseOption::SavingsPlans | PurchaseOption::UnusedSavingsPlans => "plans",
        PurchaseOption::DedicatedHosts => "hosts",
        PurchaseOption::Spot => "spot",
        PurchaseOption::OnDemand => "on-demand",
    }
}

/// Whether it is shown as hatched: it is paid for and nobody used it.
pub fn is_hatched(option: &PurchaseOption) -> bool {
    matches!(option, PurchaseOption::UnusedReserved | PurchaseOption::UnusedSavingsPlans)
}

/// The chart, and the same figures as a table.
pub struct Chart {
    pub stacked: Stacked,
    /// What is written where the pointer rests, for each column.
    pub titles: Vec<String>,
    pub table: Vec<Row>,
    /// Options that the period has, from the ground up.
    pub options: Vec<PurchaseOption>,
    /// Whether any column says what it would have cost without commitments.
    pub has_marks: bool,
}

/// A slot's figures.
pub struct Row {
    pub name: String,
    /// As they are shown and exactly.
    pub costs: Vec<(String, String)>,
    pub total: (String, String),
    pub on_demand: (String, String),
}

impl Chart {
    pub fn of(slots: &[Slot], sums: &[ByOption], present: &ByOption) -> Self {
        let options: Vec<_> = PurchaseOption::ALL.into_iter().filter(|option| present.contains_key(option)).collect();
        let both: Vec<_> = slots.iter().zip(sums).collect();
        let columns: Vec<_> = both.iter().map(|(slot, sums)| column(slot, sums, &options)).collect();
        Self {
            stacked: stacked(&columns, HEIGHT),
            titles: both.iter().map(|(slot, sums)| title(slot, sums)).collect(),
            has_marks: columns.iter().any(|column| column.mark.is_some()),
            table: both
                .iter()
                .filter(|(_, sums)| !sums.is_empty())
                .map(|(slot, sums)| row(slot, sums, &options))
                .collect(),
            options,
        }
    }

    pub fn columns(&self) -> impl Iterator<Item = (&Bar, &String)> {
        self.stacked.bars.iter().zip(&self.titles)
    }

    pub fn option(&self, series: &usize) -> &PurchaseOption {
        &self.options[*series]
    }
}

fn column(slot: &Slot, sums: &ByOption, options: &[PurchaseOption]) -> Column {
    let of = |option: &PurchaseOption| sums.get(option).map_or(0.0, |it| pixels(it.cost));
    let total = total(sums);
    let mark = (total.cost != total.on_demand).then(|| pixels(total.on_demand));
    Column { label: slot.label.clone(), values: options.iter().map(of).collect(), mark }
}

fn title(slot: &Slot, sums: &ByOption) -> String {
    let total = total(sums);
    let mut text = format!("{}: {}", slot.name, money(&total.cost));
    for (option, cost) in sums.iter().rev() {
        text.push_str(&format!("\n{}: {}", option.name(), money(&cost.cost)));
    }
    if total.cost != total.on_demand {
        text.push_str(&format!("\nList price: {}", money(&total.on_demand)));
    }
    text
}

fn row(slot: &Slot, sums: &ByOption, options: &[PurchaseOption]) -> Row {
    let shown = |amount: Decimal| (money(&amount), exact(&amount));
    let cost = |option: &PurchaseOption| shown(sums.get(option).map_or(Decimal::ZERO, |it| it.cost));
    let total = total(sums);
    Row {
        name: slot.name.clone(),
        costs: options.iter().map(cost).collect(),
        total: shown(total.cost),
        on_demand: shown(total.on_demand),
    }
}

fn total(sums: &ByOption) -> Cost {
    let (cost, on_demand) = (|it: &Cost| it.cost, |it: &Cost| it.on_demand);
    Cost { cost: sums.values().map(cost).sum(), on_demand: sums.values().map(on_demand).sum() }
}

/// For drawing only.
fn pixels(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or_default()
}
