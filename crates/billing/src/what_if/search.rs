//! Tries each offer.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::choice::{Bought, Choice, Offer};
use super::marginal::{best_commitment, best_count_of};
use super::mix::best_mix;
use super::profile::Profile;
use crate::bill::Commitments;
use crate::engine::{Hour, PlanKind, Platform, Product, Region, Reservation, SavingsPlan, Scope, Tenancy};
use crate::offers::{Class, Payment, PlanFamily, PlanOffer, ReservationOffer, Term};
use crate::sheet::Sheet;

/// Digits after the point of a commitment (*Savings Plans API reference, CreateSavingsPlan: at least 0.001 USD*).
const DIGITS: u32 = 3;

/// Which offers to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub terms: Vec<Term>,
    pub payments: Vec<Payment>,
}

/// The workload under each option, cheapest first.
pub fn what_if(profile: &Profile, sheet: &Sheet, region: &Region, wanted: &Wanted) -> Vec<Choice> {
    let search = Search { profile, sheet, region, on_demand: profile.cost(&Commitments::default(), sheet) };
    let mut choices = vec![search.choice(Offer::OnDemand, Basket::default())];
    for &term in &wanted.terms {
        for &payment in &wanted.payments {
            let instance_plans = search.instance_plans(profile, term, payment);
            choices.push(search.choice(Offer::InstancePlans(term, payment), instance_plans));
            let compute = search.plan(profile, PlanFamily::Compute, term, payment);
            choices.push(search.choice(Offer::ComputePlan(term, payment), compute));
            for class in Class::ALL {
                let reservations = search.reservations(class, term, payment);
                choices.push(search.choice(Offer::Reservations(class, term, payment), reservations));
            }
        }
    }
    choices.push(search.choice(Offer::Mix, best_mix(&search, wanted)));
    // Where nothing is worth buying, it is On-Demand once more.
    choices.retain(|choice| choice.offer == Offer::OnDemand || !choice.bought.is_empty());
    choices.sort_by_key(|choice| choice.hourly);
    choices
}

/// Commitments, and how they were bought.
#[derive(Debug, Clone, Default)]
pub(super) struct Basket {
    pub commitments: Commitments,
    pub bought: Vec<Bought>,
}

impl Basket {
    pub fn with(mut self, other: Self) -> Self {
        self.commitments.plans.extend(other.commitments.plans);
        self.commitments.reservations.extend(other.commitments.reservations);
        self.bought.extend(other.bought);
        self
    }
}

pub(super) struct Search<'a> {
    pub profile: &'a Profile,
    pub sheet: &'a Sheet,
    region: &'a Region,
    on_demand: Decimal,
}

impl Search<'_> {
    fn choice(&self, offer: Offer, basket: Basket) -> Choice {
        let hourly = self.profile.cost(&basket.commitments, self.sheet);
        Choice { offer, bought: basket.bought, hourly, on_demand: self.on_demand }
    }

    /// Families of instances that commitments may pay for.
    pub fn families(&self) -> BTreeSet<String> {
        let family = |product: &Product| match product {
            Product::Instance(instance) | Product::Room(instance) => Some(instance.kind.family.clone()),
            Product::Host { family, .. } => Some(family.clone()),
            _ => None,
        };
        self.profile.products().iter().filter_map(family).collect()
    }

    fn instance_plans(&self, profile: &Profile, term: Term, payment: Payment) -> Basket {
        let plan = |family| self.plan(profile, PlanFamily::Ec2Instance(family), term, payment);
        self.families().into_iter().map(plan).fold(Basket::default(), Basket::with)
    }

    /// As much of this plan as is best for what is left of the workload.
    pub fn plan(&self, left: &Profile, family: PlanFamily, term: Term, payment: Payment) -> Basket {
        let offer = PlanOffer { family, term, payment };
        let plan = self.engine_plan(&offer, Decimal::ONE);
        self.plan_of(&offer, best_commitment(left, &plan, self.sheet))
    }

    /// So much of this plan.
    pub fn plan_of(&self, offer: &PlanOffer, commitment: Decimal) -> Basket {
        let commitment = commitment.round_dp(DIGITS);
        if commitment.is_zero() {
            return Basket::default();
        }
        let what = match &offer.family {
            PlanFamily::Compute => "Compute Savings Plan".to_owned(),
            PlanFamily::Ec2Instance(family) => format!("{family} EC2 Instance Savings Plan"),
        };
        let plan = self.engine_plan(offer, commitment);
        let (term, payment, upfront) = (offer.term, offer.payment, plan.upfront);
        let bought = Bought { what, term, payment, amount: commitment, upfront, hourly: commitment };
        Basket { commitments: Commitments { plans: vec![plan], reservations: Vec::new() }, bought: vec![bought] }
    }

    fn engine_plan(&self, offer: &PlanOffer, commitment: Decimal) -> SavingsPlan {
        let kind = match &offer.family {
            PlanFamily::Compute => PlanKind::Compute,
            PlanFamily::Ec2Instance(family) => {
                PlanKind::Ec2Instance { region: self.region.clone(), family: family.clone() }
            }
        };
        SavingsPlan {
            id: offer.id().into(),
            account: "".into(),
            kind,
            start: Hour(0),
            end: Hour(offer.term.hours().into()),
            commitment,
            upfront: commitment * Decimal::from(offer.term.hours()) * offer.payment.upfront_share(),
            offering: offer.id().into(),
        }
    }

    /// Regional ones of the sizes that run.
    fn reservations(&self, class: Class, term: Term, payment: Payment) -> Basket {
        let bought = self.profile.products().iter().enumerate().filter_map(|(at, product)| {
            let instance = product.committable()?;
            if instance.platform != Platform::Linux || instance.tenancy == Tenancy::Host {
                return None;
            }
            let instance_type = instance.kind.to_string();
            let offer = ReservationOffer { instance_type, zone: None, tenancy: instance.tenancy, class, term, payment };
            let price = offer.price(self.sheet, self.region)?;
            let each = price.effective(term);
            let on_demand = self.sheet.list_price(product)?;
            let count = best_count_of(self.profile, at, on_demand, each);
            let amount = Decimal::from(count);
            let reservation = Reservation {
                id: format!("{}-{at}", offer.id()).into(),
                account: "".into(),
                kind: instance.kind.clone(),
                scope: Scope::Region,
                region: self.region.clone(),
                platform: Platform::Linux,
                tenancy: instance.tenancy,
                count,
                start: Hour(0),
                end: Hour(term.hours().into()),
                term_hours: term.hours(),
                upfront: price.upfront,
                paid: price.upfront * amount,
                hourly: price.hourly,
                offering: offer.id().into(),
            };
            let bought = Bought {
                what: format!("{} {} Reserved Instances", instance.kind, class.name()),
                term,
                payment,
                amount,
                upfront: price.upfront * amount,
                hourly: each * amount,
            };
            (count > 0).then_some((reservation, bought))
        });
        let (reservations, bought) = bought.unzip();
        Basket { commitments: Commitments { reservations, plans: Vec::new() }, bought }
    }
}
