//! Sums of a bill, all of them from one walk over its hours.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use freehold_billing::bill::{Bill, Dimension, Groups, PurchaseOption, Sums};
use rust_decimal::Decimal;

use super::ask::{Ask, Period};
use super::slots::Slot;

/// So many resources are shown, those that cost most.
const RESOURCES: usize = 10;
/// Key of the tag that the AWS consoles show as a resource's name.
const NAME: &str = "Name";

/// USD, as they were billed and as they would have been without commitments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    pub cost: Decimal,
    pub on_demand: Decimal,
}

/// What has a key costs this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub key: Vec<String>,
    pub cost: Cost,
}

/// What a slot costs, by option.
pub type ByOption = BTreeMap<PurchaseOption, Cost>;

/// What the page shows.
#[derive(Debug, Default)]
pub struct Figures {
    /// One for each slot.
    pub slots: Vec<ByOption>,
    /// Over all slots.
    pub options: ByOption,
    /// Dearest first.
    pub services: Vec<Line>,
    /// By the values of the tag that was asked for.
    pub tagged: Vec<Line>,
    /// Resource, name and service.
    pub resources: Vec<Line>,
    /// All that have charges, whichever is asked for.
    pub accounts: BTreeSet<Arc<str>>,
    pub total: Cost,
}

impl Cost {
    fn add(&mut self, cost: Decimal, on_demand: Decimal) {
        self.cost += cost;
        self.on_demand += on_demand;
    }
}

impl Figures {
    pub fn of(bill: &Bill, period: &Period, slots: &[Slot], ask: &Ask) -> Self {
        let by_service = [Dimension::Service];
        let by_resource = [Dimension::Resource, Dimension::Tag(NAME.to_owned()), Dimension::Service];
        let by_tag = ask.tag.iter().cloned().map(Dimension::Tag).collect::<Vec<_>>();
        let mut services = Groups::new(bill, &by_service);
        let mut resources = Groups::new(bill, &by_resource);
        let mut tagged = Groups::new(bill, &by_tag);
        let mut figures = Self { slots: vec![ByOption::new(); slots.len()], ..Self::default() };
        let account = ask.account.as_deref();
        for (hour, mut charges) in bill.hours(period.from, period.to) {
            figures.accounts.extend(charges.iter().map(|charge| Arc::clone(&charge.account)));
            charges.retain(|charge| account.is_none_or(|account| *charge.account == *account));
            services.add(hour, &charges);
            resources.add(hour, &charges);
            tagged.add(hour, &charges);
            // The first slot begins with the period.
            let slot = slots.partition_point(|slot| slot.from <= hour).saturating_sub(1);
            for charge in &charges {
                let product = charge.product.map(|at| &bill.biller().products()[at]);
                let option = PurchaseOption::of(charge.pays, product);
                for sums in [&mut figures.slots[slot], &mut figures.options] {
                    sums.entry(option).or_default().add(charge.amortized, charge.on_demand);
                }
                figures.total.add(charge.amortized, charge.on_demand);
            }
        }
        figures.services = dearest(services.done());
        figures.resources = dearest(resources.done());
        figures.resources.truncate(RESOURCES);
        if !by_tag.is_empty() {
            figures.tagged = dearest(tagged.done());
        }
        figures
    }

    /// Nobody used anything, and nobody promised to.
    pub fn is_empty(&self) -> bool {
        self.options.is_empty()
    }

    /// USD for commitments that nobody used.
    pub fn unused(&self) -> Decimal {
        use PurchaseOption::{UnusedReserved, UnusedSavingsPlans};
        [UnusedReserved, UnusedSavingsPlans]
            .iter()
            .filter_map(|option| self.options.get(option))
            .map(|it| it.cost)
            .sum()
    }
}

fn dearest(sums: BTreeMap<Vec<String>, Sums>) -> Vec<Line> {
    let line = |(key, sums): (_, Sums)| Line { key, cost: Cost { cost: sums.amortized, on_demand: sums.on_demand } };
    let mut lines: Vec<_> = sums.into_iter().map(line).collect();
    lines.sort_by_key(|line| Reverse(line.cost.cost));
    lines
}
