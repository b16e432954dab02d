//! Which plan would have cost least in the time that is looked back at.

use std::collections::{BTreeSet, HashMap};

use freehold_api::ce::{SavingsPlansDetails, SavingsPlansPurchaseRecommendationDetail};
use freehold_billing::engine::{Biller, Hour, HourUsage, Pays, PlanKind, Product, SavingsPlan};
use freehold_billing::offers::{Payment, PlanFamily, PlanOffer, Term};
use freehold_billing::what_if::{Offer, Profile, Wanted, what_if};
use freehold_core::ids;
use rust_decimal::Decimal;

use super::errors::{Error, Result};
use super::filter::Filter;
use super::period::Period;
use crate::money::{billed, percent, plain};
use crate::savingsplans::names::{self, CURRENCY};
use crate::{Costs, offered};

/// Units of each product that an hour left for On-Demand.
pub(super) type Amounts = Vec<(usize, Decimal)>;

/// Hours of a month, on average (*AWS Pricing Calculator: 730 hours in a month*).
pub(super) const HOURS_A_MONTH: Decimal = Decimal::from_parts(730, 0, 0, false, 0);

/// What an account paid On-Demand for, by hour.
pub(super) struct Usage {
    pub products: Vec<Product>,
    pub hours: Vec<Amounts>,
}

/// A plan to buy, and what it would have been worth.
pub(super) struct Advice {
    pub offer: PlanOffer,
    /// USD an hour.
    pub commitment: Decimal,
    pub upfront: Decimal,
    /// USD over all hours: for the plan, and for what it leaves.
    pub plan_cost: Decimal,
    pub rest: Decimal,
    pub unused: Decimal,
    /// USD over all hours without it.
    pub before: Decimal,
    /// USD of the cheapest, the dearest and the average hour without it.
    pub spend: [Decimal; 3],
    hours: Decimal,
}

impl Costs {
    /// What commitments in force did not pay for.
    pub(super) fn left_on_demand(&self, account: &str, period: Period) -> Result<Usage> {
        let bill = self.ledger.bill(period.from, period.to)?;
        let products = bill.biller().products().to_vec();
        let mut hours = Vec::new();
        for (_, charges) in bill.hours(period.from, period.to) {
            let mut amounts: HashMap<usize, Decimal> = HashMap::new();
            for charge in charges.iter().filter(|charge| *charge.account == *account && charge.pays == Pays::OnDemand) {
                if let Some(product) = charge.product.filter(|at| offered::product_type(&products[*at]).is_some()) {
                    *amounts.entry(product).or_default() += charge.quantity;
                }
            }
            let mut amounts: Amounts = amounts.into_iter().collect();
            amounts.sort();
            hours.push(amounts);
        }
        Ok(Usage { products, hours })
    }

    /// The plans of a type to buy for this usage, if any is worth it.
    pub(super) fn advise(&self, usage: &Usage, is_compute: bool, term: Term, payment: Payment) -> Vec<Advice> {
        let offer = |family| PlanOffer { family, term, payment };
        if is_compute {
            return self.advise_for(usage, offer(PlanFamily::Compute)).into_iter().collect();
        }
        let families = usage.families().into_iter();
        let of_family = |family: String| {
            let offer = offer(PlanFamily::Ec2Instance(family));
            self.advise_for(&usage.only(&offer), offer)
        };
        families.filter_map(of_family).collect()
    }

    fn advise_for(&self, usage: &Usage, offer: PlanOffer) -> Option<Advice> {
        let (sheet, region) = (self.ledger.sheet(), self.ledger.region());
        let profile = Profile::new(usage.products.clone(), usage.hours.iter().map(|amounts| (1, amounts.clone())));
        let wanted = Wanted { terms: vec![offer.term], payments: vec![offer.payment] };
        let asked = match offer.family {
            PlanFamily::Compute => Offer::ComputePlan(offer.term, offer.payment),
            PlanFamily::Ec2Instance(_) => Offer::InstancePlans(offer.term, offer.payment),
        };
        let choice = what_if(&profile, sheet, region, &wanted).into_iter().find(|choice| choice.offer == asked)?;
        let bought = choice.bought.first()?;
        let kind = match &offer.family {
            PlanFamily::Compute => PlanKind::Compute,
            PlanFamily::Ec2Instance(family) => PlanKind::Ec2Instance { region: region.clone(), family: family.clone() },
        };
        let plan = SavingsPlan {
            id: "".into(),
            account: "".into(),
            kind,
            start: Hour(0),
            end: Hour(offer.term.hours().into()),
            commitment: bought.amount,
            upfront: bought.upfront,
            offering: offer.id().into(),
        };
        let without = Biller::new(usage.products.clone(), Vec::new(), Vec::new(), sheet);
        let with = Biller::new(usage.products.clone(), Vec::new(), vec![plan], sheet);
        let advice = weigh(usage, &without, &with, offer, (bought.amount, bought.upfront));
        (advice.saving() > Decimal::ZERO).then_some(advice)
    }
}

/// Whether the caller is among the accounts that are asked for: nobody sees what others use.
pub(super) fn is_own(filter: Option<Filter>, account: &str, operation: &str) -> Result<bool> {
    match filter {
        None => Ok(true),
        Some(Filter::Dimension(_, values)) => {
            Ok(values.iter().flat_map(|value| value.split(',')).any(|value| value.trim() == account))
        }
        Some(_) => Err(Error::invalid(format!("{operation} supports no operators in its filter."))),
    }
}

fn weigh(
    usage: &Usage,
    without: &Biller,
    with: &Biller,
    offer: PlanOffer,
    (commitment, upfront): (Decimal, Decimal),
) -> Advice {
    let hours = Decimal::from(usage.hours.len());
    let (mut rest, mut unused, mut spends) = (Decimal::ZERO, Decimal::ZERO, Vec::new());
    for amounts in &usage.hours {
        let lines = lines(amounts);
        spends.push(without.bill(Hour(0), &lines).iter().map(|charge| charge.amortized).sum::<Decimal>());
        for charge in with.bill(Hour(0), &lines) {
            match charge.pays {
                Pays::OnDemand => rest += charge.amortized,
                Pays::UnusedSavingsPlan(_) => unused += charge.amortized,
                _ => {}
            }
        }
    }
    let before: Decimal = spends.iter().sum();
    let least = spends.iter().min().copied().unwrap_or_default();
    let most = spends.iter().max().copied().unwrap_or_default();
    let average = before / hours.max(Decimal::ONE);
    let plan_cost = commitment * hours;
    Advice { offer, commitment, upfront, plan_cost, rest, unused, before, spend: [least, most, average], hours }
}

fn lines(amounts: &Amounts) -> Vec<HourUsage> {
    let line = |&(product, quantity)| HourUsage { account: "".into(), resource: "".into(), product, quantity };
    amounts.iter().map(line).collect()
}

impl Usage {
    fn families(&self) -> BTreeSet<String> {
        let family = |product: &Product| match product {
            Product::Instance(instance) | Product::Room(instance) => Some(instance.kind.family.clone()),
            Product::Host { family, .. } => Some(family.clone()),
            _ => None,
        };
        self.products.iter().filter_map(family).collect()
    }

    /// What plans of this offer may pay for.
    fn only(&self, offer: &PlanOffer) -> Self {
        let of_family = |product: &Product| match (product, names::family(offer)) {
            (Product::Instance(instance) | Product::Room(instance), Some(family)) => instance.kind.family == family,
            (Product::Host { family: of, .. }, Some(family)) => of == family,
            _ => false,
        };
        let keep =
            |amounts: &Amounts| amounts.iter().filter(|(at, _)| of_family(&self.products[*at])).copied().collect();
        Self { products: self.products.clone(), hours: self.hours.iter().map(keep).collect() }
    }
}

impl Advice {
    /// USD over all hours.
    pub fn saving(&self) -> Decimal {
        self.before - self.plan_cost - self.rest
    }

    /// USD a month.
    pub fn monthly_saving(&self) -> Decimal {
        self.saving() / self.hours.max(Decimal::ONE) * HOURS_A_MONTH
    }

    pub fn shown(&self, account: &str, region: &str) -> SavingsPlansPurchaseRecommendationDetail {
        let family = names::family(&self.offer);
        let [least, most, average] = self.spend;
        SavingsPlansPurchaseRecommendationDetail {
            savings_plans_details: Some(SavingsPlansDetails {
                region: family.map(|_| region.to_owned()),
                instance_family: family.map(str::to_owned),
                offering_id: Some(self.offer.id()),
            }),
            account_id: Some(account.to_owned()),
            upfront_cost: Some(billed(self.upfront)),
            estimated_roi: Some(billed(percent(self.saving(), self.plan_cost))),
            currency_code: Some(CURRENCY.to_owned()),
            estimated_sp_cost: Some(billed(self.plan_cost)),
            estimated_on_demand_cost: Some(billed(self.rest)),
            estimated_on_demand_cost_with_current_commitment: Some(billed(self.before)),
            estimated_savings_amount: Some(billed(self.saving())),
            estimated_savings_percentage: Some(billed(percent(self.saving(), self.before))),
            hourly_commitment_to_purchase: Some(plain(self.commitment)),
            estimated_average_utilization: Some(billed(percent(self.plan_cost - self.unused, self.plan_cost))),
            estimated_monthly_savings_amount: Some(billed(self.monthly_saving())),
            current_minimum_hourly_on_demand_spend: Some(billed(least)),
            current_maximum_hourly_on_demand_spend: Some(billed(most)),
            current_average_hourly_on_demand_spend: Some(billed(average)),
            recommendation_detail_id: Some(ids::uuid()),
        }
    }
}
