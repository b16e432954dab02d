//! What a file said that is of use here.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::price::Condition;
use super::subject::Subject;
use super::{Imported, LeftOut};
use crate::engine::{Platform, Region, Tenancy};
use crate::offers::Class;
use crate::sheet::{ByTerm, File, InstanceTypes, PlanPrices, ReservedPrice};

/// Prices under way.
pub struct Found {
    region: Region,
    types: Arc<dyn InstanceTypes>,
    /// What has one price, as the sheet that comes with the program knows it: bills have nothing else.
    others: HashSet<(String, String)>,
    pub prices: BTreeMap<Subject, Prices>,
    left_out: BTreeMap<LeftOut, u64>,
    pub offer: String,
    pub date: String,
}

/// Of one subject.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// Where the amount begins that it is for, and USD.
    pub on_demand: Option<(Decimal, Decimal)>,
    pub plans: PlanPrices,
    pub standard: ByTerm<ReservedPrice>,
    pub convertible: ByTerm<ReservedPrice>,
}

impl Found {
    pub fn new(region: Region, types: Arc<dyn InstanceTypes>) -> Self {
        let rates = File::builtin().map(|file| file.rate).unwrap_or_default();
        let others = rates.into_iter().map(|rate| (rate.service, rate.usage_type)).collect();
        let (prices, left_out) = (BTreeMap::new(), BTreeMap::new());
        Self { region, types, others, prices, left_out, offer: String::new(), date: String::new() }
    }

    /// What a product of the file is here; one that is nothing is counted.
    pub fn subject(&mut self, region: &str, service: &str, usage_type: &str, operation: &str) -> Option<Subject> {
        if region != &*self.region {
            self.leave_out(LeftOut::OtherRegion);
            return None;
        }
        let subject = Subject::of(service, usage_type, operation);
        let why = match &subject {
            Some(Subject::Instance { kind, .. }) if self.types.find(kind).is_none() => LeftOut::UnknownType,
            Some(Subject::Host(family)) if !self.has_family(family) => LeftOut::UnknownType,
            Some(Subject::Other(service, name)) if !self.others.contains(&(service.clone(), name.clone())) => {
                LeftOut::OtherProduct
            }
            Some(_) => return subject,
            None => LeftOut::OtherProduct,
        };
        self.leave_out(why);
        None
    }

    fn has_family(&self, family: &str) -> bool {
        let is_of_it = |name: &String| name.split_once('.').is_some_and(|(of, _)| of == family);
        self.types.names().iter().any(is_of_it)
    }

    pub fn leave_out(&mut self, why: LeftOut) {
        *self.left_out.entry(why).or_default() += 1;
    }

    /// A price under a condition; `None` for one that nothing is sold under.
    pub fn take(&mut self, subject: &Subject, condition: Option<Condition>, usd: Decimal) {
        let Some(condition) = condition.filter(|condition| is_sold(subject, *condition)) else {
            return self.leave_out(LeftOut::OtherTerm);
        };
        if !self.prices.contains_key(subject) {
            self.prices.insert(subject.clone(), Prices::default());
        }
        let Some(prices) = self.prices.get_mut(subject) else { return };
        if !prices.take(condition, usd) {
            self.leave_out(LeftOut::FurtherTier);
        }
    }

    pub fn imported(&self) -> Imported {
        Imported {
            offer: self.offer.clone(),
            date: self.date.clone(),
            taken: self.prices.values().map(Prices::count).sum(),
            left_out: self.left_out.iter().map(|(why, times)| (*why, *times)).collect(),
        }
    }
}

/// Reserved are instances that run Linux and have no host of their own; plans pay for what runs.
fn is_sold(subject: &Subject, condition: Condition) -> bool {
    match (subject, condition) {
        (Subject::Instance { description, tenancy, .. }, Condition::Reserved { .. }) => {
            *tenancy != Tenancy::Host && Platform::parse(description) == Platform::Linux
        }
        (_, Condition::Reserved { .. }) | (Subject::Other(..), Condition::Plan { .. }) => false,
        (Subject::Usage(_), Condition::Plan { is_compute, .. }) => is_compute,
        _ => true,
    }
}

impl Prices {
    /// False if it is of a tier that bills do not have: they have the first that costs anything.
    fn take(&mut self, condition: Condition, usd: Decimal) -> bool {
        match condition {
            Condition::OnDemand { begin } => {
                let is_first = match self.on_demand {
                    None => true,
                    Some((_, known)) if known.is_zero() || usd.is_zero() => known.is_zero() && !usd.is_zero(),
                    Some((known, _)) => begin <= known,
                };
                // Of two tiers one is left out, whichever comes first.
                let is_alone = self.on_demand.is_none_or(|known| known.0 == begin);
                if is_first {
                    self.on_demand = Some((begin, usd));
                }
                is_alone
            }
            Condition::Reserved { class, term, payment, is_upfront } => {
                let by_term = if class == Class::Standard { &mut self.standard } else { &mut self.convertible };
                let price = by_term.place(term, payment).get_or_insert_default();
                *(if is_upfront { &mut price.upfront } else { &mut price.hourly }) = usd;
                true
            }
            Condition::Plan { is_compute, term, payment } => {
                let rates = if is_compute { &mut self.plans.compute } else { &mut self.plans.ec2_instance };
                *rates.place(term, payment) = Some(usd);
                true
            }
        }
    }

    fn count(&self) -> usize {
        let plans = self.plans.compute.count() + self.plans.ec2_instance.count();
        usize::from(self.on_demand.is_some()) + plans + self.standard.count() + self.convertible.count()
    }
}
