//! Usage without the times at which it happened: how many hours looked the same.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::bill::{Commitments, Timeline};
use crate::engine::{Biller, Hour, HourUsage, Pays, Prices, Product};

/// Units of each product in an hour, in the order of the products.
pub(super) type Amounts = Vec<(usize, Decimal)>;

/// A workload.
pub struct Profile {
    products: Vec<Product>,
    /// How many hours there are of each kind.
    hours: Vec<(Decimal, Amounts)>,
}

/// Any moment within all commitments that are compared.
const SOME_HOUR: Hour = Hour(0);

impl Profile {
    /// Of what was used from one hour to before another, or since anything was. Who used it makes no difference.
    pub fn of(timeline: &Timeline, from: Hour, to: Hour) -> Self {
        let mut hours: HashMap<Amounts, u32> = HashMap::new();
        for (_, usage) in timeline.hours(from, to).skip_while(|(_, usage)| usage.is_empty()) {
            let mut amounts: BTreeMap<usize, Decimal> = BTreeMap::new();
            for line in usage {
                *amounts.entry(line.product).or_default() += line.quantity;
            }
            *hours.entry(amounts.into_iter().collect()).or_default() += 1;
        }
        Self::new(timeline.products().to_vec(), hours.into_iter().map(|(amounts, count)| (count, amounts)))
    }

    /// Of so many hours of each kind.
    pub fn new(products: Vec<Product>, hours: impl IntoIterator<Item = (u32, Amounts)>) -> Self {
        let mut hours: Vec<_> = hours.into_iter().map(|(count, amounts)| (Decimal::from(count), amounts)).collect();
        hours.sort_by(|a, b| a.1.cmp(&b.1));
        Self { products, hours }
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    pub(super) fn hours(&self) -> &[(Decimal, Amounts)] {
        &self.hours
    }

    /// How many hours it is of.
    pub fn length(&self) -> Decimal {
        self.hours.iter().map(|(count, _)| *count).sum()
    }

    /// What is left for On-Demand of each kind of hour, once these commitments took their part.
    pub(super) fn left(&self, commitments: &Commitments, prices: &impl Prices) -> Self {
        let biller = self.biller(commitments, prices);
        let left = self.hours.iter().map(|(count, amounts)| {
            let charges = biller.bill(SOME_HOUR, &usage(amounts));
            let rest = charges.into_iter().filter(|charge| charge.pays == Pays::OnDemand);
            (*count, rest.filter_map(|charge| Some((charge.product?, charge.quantity))).collect())
        });
        Self { products: self.products.clone(), hours: left.collect() }
    }

    /// USD for an hour on average, with all that was promised.
    pub(super) fn cost(&self, commitments: &Commitments, prices: &impl Prices) -> Decimal {
        let biller = self.biller(commitments, prices);
        let cost = |amounts: &Amounts| -> Decimal {
            biller.bill(SOME_HOUR, &usage(amounts)).iter().map(|charge| charge.amortized).sum()
        };
        let total: Decimal = self.hours.iter().map(|(count, amounts)| *count * cost(amounts)).sum();
        total / self.length().max(Decimal::ONE)
    }

    fn biller(&self, commitments: &Commitments, prices: &impl Prices) -> Biller {
        let Commitments { reservations, plans } = commitments.clone();
        Biller::new(self.products.clone(), reservations, plans, prices)
    }
}

fn usage(amounts: &Amounts) -> Vec<HourUsage> {
    let anybody: Arc<str> = "".into();
    let line =
        |&(product, quantity)| HourUsage { account: anybody.clone(), resource: anybody.clone(), product, quantity };
    amounts.iter().map(line).collect()
}
