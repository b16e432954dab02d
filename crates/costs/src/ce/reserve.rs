//! Which Reserved Instances would have cost least in the time that is looked back at: as many as save more in the hours in
//! which they are used than they cost in the others.

use std::collections::BTreeMap;

use freehold_api::ce::{EC2InstanceDetails, InstanceDetails, ReservationPurchaseRecommendationDetail};
use freehold_billing::engine::{InstanceType, Platform, Product, Tenancy};
use freehold_billing::offers::{Class, Payment, ReservationOffer, ReservationPrice, Term};
use freehold_billing::what_if::best_count;
use rust_decimal::Decimal;

use super::recommend::{HOURS_A_MONTH, Usage};
use crate::Costs;
use crate::money::{billed, percent, plain};
use crate::savingsplans::names::CURRENCY;

/// What is to be bought, and how it would have been used.
pub(super) struct Advice {
    kind: InstanceType,
    tenancy: Tenancy,
    price: ReservationPrice,
    term: Term,
    /// Instances.
    count: u32,
    /// Instances of this kind that each hour would have used.
    used: Vec<Decimal>,
    /// USD for an hour of one On-Demand.
    on_demand: Decimal,
    /// USD for all that ran, On-Demand.
    before: Decimal,
    is_current: bool,
}

/// What one reservation can pay for: a family where sizes are flexible, and else a single type.
type Kind = (InstanceType, Tenancy);

impl Costs {
    /// What to reserve for this usage, the highest saving first.
    pub(super) fn reserve(&self, usage: &Usage, class: Class, term: Term, payment: Payment) -> Vec<Advice> {
        // By kind: how many of it each hour would have used, and USD for all that ran.
        let mut kinds: BTreeMap<Kind, (Vec<Decimal>, Decimal)> = BTreeMap::new();
        let of_product = usage.products.iter().map(|product| {
            let price = self.ledger.sheet().list_price(product).unwrap_or_default();
            self.reserved_as(product).map(|(kind, each)| (kind, each, price))
        });
        let of_product: Vec<_> = of_product.collect();
        for (hour, amounts) in usage.hours.iter().enumerate() {
            for (at, quantity) in amounts {
                let Some((kind, each, price)) = &of_product[*at] else { continue };
                let new = || (vec![Decimal::ZERO; usage.hours.len()], Decimal::ZERO);
                let (used, before) = kinds.entry(kind.clone()).or_insert_with(new);
                used[hour] += *quantity * each;
                *before += *quantity * price;
            }
        }
        let advise = |((kind, tenancy), (used, before)): (Kind, (Vec<Decimal>, Decimal))| {
            self.advise_kind(kind, tenancy, used, before, (class, term, payment))
        };
        let mut found: Vec<_> = kinds.into_iter().filter_map(advise).collect();
        found.sort_by_key(|advice| std::cmp::Reverse(advice.saving()));
        found
    }

    fn advise_kind(
        &self,
        kind: InstanceType,
        tenancy: Tenancy,
        used: Vec<Decimal>,
        before: Decimal,
        (class, term, payment): (Class, Term, Payment),
    ) -> Option<Advice> {
        let (sheet, region) = (self.ledger.sheet(), self.ledger.region());
        let instance_type = kind.to_string();
        let is_current = self.hardware.attributes(&instance_type).is_some_and(|facts| facts.is_current);
        let offer = ReservationOffer { instance_type, zone: None, tenancy, class, term, payment };
        let price = offer.price(sheet, region)?;
        let on_demand = self.on_demand_of(&kind, tenancy)?;
        let hours: Vec<_> = used.iter().map(|used| (Decimal::ONE, *used)).collect();
        let count = best_count(&hours, on_demand, price.effective(term));
        let advice = Advice { kind, tenancy, price, term, count, used, on_demand, before, is_current };
        (count > 0).then_some(advice)
    }

    /// What is reserved for this product, and how many of those an instance of it needs; `None` for what cannot be.
    fn reserved_as(&self, product: &Product) -> Option<(Kind, Decimal)> {
        let instance = product.committable()?;
        if instance.platform != Platform::Linux || instance.tenancy == Tenancy::Host {
            return None;
        }
        let (kind, tenancy) = (&instance.kind, instance.tenancy);
        if tenancy != Tenancy::Shared || !kind.has_flexible_sizes() {
            return Some(((kind.clone(), tenancy), Decimal::ONE));
        }
        let smallest = self.smallest_of(&kind.family)?;
        let each = kind.units() / smallest.units();
        Some(((smallest, tenancy), each))
    }

    /// *Cost Management user guide, reservation recommendations*: where sizes are flexible, the smallest of the family is
    /// recommended.
    fn smallest_of(&self, family: &str) -> Option<InstanceType> {
        let types = self.ledger.types();
        let all = types.names().into_iter().filter_map(|name| types.parse(&name));
        let offered = all.filter(|kind| kind.family == family && self.on_demand_of(kind, Tenancy::Shared).is_some());
        offered.min_by_key(InstanceType::units)
    }

    fn on_demand_of(&self, kind: &InstanceType, tenancy: Tenancy) -> Option<Decimal> {
        let (region, zone) = (self.ledger.region().clone(), "".into());
        let instance =
            freehold_billing::engine::Instance { kind: kind.clone(), region, zone, platform: Platform::Linux, tenancy };
        self.ledger.sheet().instance(&instance)
    }
}

impl Advice {
    fn hours(&self) -> Decimal {
        Decimal::from(self.used.len().max(1))
    }

    fn all(&self) -> Decimal {
        Decimal::from(self.count)
    }

    /// Hours of instances that they pay for.
    fn covered(&self) -> Decimal {
        self.used.iter().map(|used| (*used).min(self.all())).sum()
    }

    /// USD for them over the time that is looked back at, used or not.
    fn cost(&self) -> Decimal {
        self.price.effective(self.term) * self.all() * self.hours()
    }

    fn saving(&self) -> Decimal {
        self.covered() * self.on_demand - self.cost()
    }

    fn a_month(&self, amount: Decimal) -> Decimal {
        amount / self.hours() * HOURS_A_MONTH
    }

    pub fn monthly_saving(&self) -> Decimal {
        self.a_month(self.saving())
    }

    /// USD On-Demand, of all that ran.
    pub fn monthly_before(&self) -> Decimal {
        self.a_month(self.before)
    }

    /// Months after which On-Demand would have cost as much as the whole term.
    fn break_even(&self) -> Decimal {
        let owed = self.price.effective(self.term) * self.all() * Decimal::from(self.term.hours());
        let covered = self.a_month(self.covered() * self.on_demand);
        if covered.is_zero() { Decimal::ZERO } else { owed / covered }
    }

    pub fn shown(&self, account: &str, region: &str) -> ReservationPurchaseRecommendationDetail {
        let units = self.kind.units();
        let least = self.used.iter().min().copied().unwrap_or_default();
        let most = self.used.iter().max().copied().unwrap_or_default();
        let average = self.used.iter().sum::<Decimal>() / self.hours();
        let text = |amount: Decimal| Some(billed(amount));
        let is_flexible = self.tenancy == Tenancy::Shared && self.kind.has_flexible_sizes();
        ReservationPurchaseRecommendationDetail {
            account_id: Some(account.to_owned()),
            instance_details: Some(InstanceDetails {
                ec2_instance_details: Some(EC2InstanceDetails {
                    family: Some(self.kind.family.clone()),
                    instance_type: Some(self.kind.to_string()),
                    region: Some(region.to_owned()),
                    availability_zone: Some("NA".to_owned()),
                    platform: Some(Platform::Linux.to_string()),
                    tenancy: Some(if self.tenancy == Tenancy::Dedicated { "Dedicated" } else { "Shared" }.to_owned()),
                    current_generation: Some(self.is_current),
                    size_flex_eligible: Some(is_flexible),
                }),
                ..Default::default()
            }),
            recommended_number_of_instances_to_purchase: Some(self.count.to_string()),
            recommended_normalized_units_to_purchase: Some(plain(self.all() * units)),
            minimum_number_of_instances_used_per_hour: text(least),
            minimum_normalized_units_used_per_hour: text(least * units),
            maximum_number_of_instances_used_per_hour: text(most),
            maximum_normalized_units_used_per_hour: text(most * units),
            average_number_of_instances_used_per_hour: text(average),
            average_normalized_units_used_per_hour: text(average * units),
            average_utilization: text(percent(self.covered(), self.all() * self.hours())),
            estimated_break_even_in_months: text(self.break_even()),
            currency_code: Some(CURRENCY.to_owned()),
            estimated_monthly_savings_amount: text(self.monthly_saving()),
            estimated_monthly_savings_percentage: text(percent(self.saving(), self.before)),
            estimated_monthly_on_demand_cost: text(self.monthly_before()),
            estimated_reservation_cost_for_lookback_period: text(self.cost()),
            upfront_cost: text(self.price.upfront * self.all()),
            recurring_standard_monthly_cost: text(self.price.hourly * self.all() * HOURS_A_MONTH),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(used: &[(usize, i64)]) -> Vec<Decimal> {
        used.iter().flat_map(|(times, used)| vec![Decimal::from(*used); *times]).collect()
    }

    fn usd(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn what_they_save_follows_from_the_hours_in_which_they_are_used() {
        // Two for 100 hours at 0.06 are 12. They pay for 80 * 2 + 20 * 1 = 180 hours, which would have cost 18.
        let advice = Advice {
            kind: InstanceType::parse("m5.large", 2).unwrap(),
            tenancy: Tenancy::Shared,
            price: ReservationPrice { upfront: usd("262.80"), hourly: usd("0.03") },
            term: Term::OneYear,
            count: 2,
            used: hours(&[(80, 3), (20, 1)]),
            on_demand: usd("0.10"),
            before: usd("26"),
            is_current: true,
        };
        assert_eq!((advice.cost(), advice.saving()), (usd("12"), usd("6")));
        assert_eq!((advice.monthly_saving(), advice.monthly_before()), (usd("43.8"), usd("189.8")));
        // 2 * 0.06 * 8,760 USD are owed, and On-Demand asks 131.40 a month for what they pay for: eight months.
        assert_eq!(advice.break_even(), usd("8"));
        let shown = advice.shown("111111111111", "us-east-1");
        assert_eq!(shown.upfront_cost.as_deref(), Some("525.6"));
        assert_eq!(shown.recurring_standard_monthly_cost.as_deref(), Some("43.8"));
        assert_eq!(shown.average_utilization.as_deref(), Some("90"));
        assert_eq!(shown.recommended_normalized_units_to_purchase.as_deref(), Some("8"));
        assert_eq!(shown.average_number_of_instances_used_per_hour.as_deref(), Some("2.6"));
    }
}
