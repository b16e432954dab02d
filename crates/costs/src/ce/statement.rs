//! What an account was charged in a period, and how far its commitments were used.

use std::collections::HashMap;
use std::sync::Arc;

use freehold_billing::bill::Bill;
use freehold_billing::engine::{Charge, Hour, Pays};
use freehold_billing::model::{Plan, Reserved};
use freehold_billing::offers::{Class, PlanFamily, PlanOffer, ReservationOffer};
use freehold_store::{Filter as Rows, StoreExt};
use rust_decimal::Decimal;

use super::errors::Result;
use super::lines::{Line, Record};
use super::period::{Granularity, Period};
use super::used::Use;
use crate::Costs;
use crate::savingsplans::names;

pub(super) struct Statement {
    pub bill: Bill,
    /// Whose charges they are.
    pub account: String,
    /// One for each month, day or hour.
    pub parts: Vec<Part>,
    reserved: HashMap<String, (Reserved, ReservationOffer)>,
    plans: HashMap<String, (Plan, PlanOffer)>,
}

pub(super) struct Part {
    pub period: Period,
    pub lines: Vec<Line>,
    /// How far each reservation was used, whoever used it; by place in the biller.
    pub reservations: Vec<Use>,
    pub plans: Vec<Use>,
}

/// What is summed up before it becomes lines: whose use of what, and who pays.
type Key = (Arc<str>, Arc<str>, Option<usize>, Pays);

#[derive(Default)]
struct Sum {
    quantity: Decimal,
    amortized: Decimal,
    on_demand: Decimal,
}

impl Costs {
    /// Reads the bill of a period; without a granularity it is one part.
    pub(super) fn statement(&self, account: &str, period: Period, by: Option<Granularity>) -> Result<Statement> {
        let until = period.until(self.now());
        let bill = self.ledger.bill(period.from, until)?;
        let mut statement = Statement {
            bill,
            account: account.to_owned(),
            parts: Vec::new(),
            reserved: self.bought_reservations()?,
            plans: self.bought_plans()?,
        };
        let mut parts = Vec::new();
        for period in by.map_or_else(|| vec![period], |by| period.cut(by)) {
            parts.push(statement.part(period, until));
        }
        statement.parts = parts;
        Ok(statement)
    }

    fn bought_reservations(&self) -> Result<HashMap<String, (Reserved, ReservationOffer)>> {
        let all = self.store.list::<Reserved>(&Rows::all())?.into_iter();
        let read = |row: Reserved| {
            let offer = ReservationOffer::parse(&row.offering, &**self.ledger.types())?;
            Some((row.id.clone(), (row, offer)))
        };
        Ok(all.filter_map(read).collect())
    }

    fn bought_plans(&self) -> Result<HashMap<String, (Plan, PlanOffer)>> {
        let all = self.store.list::<Plan>(&Rows::all())?.into_iter();
        let read = |row: Plan| {
            let offer = self.ledger.sheet().offers().plan(&row.offering)?;
            Some((row.id.clone(), (row, offer)))
        };
        Ok(all.filter_map(read).collect())
    }
}

impl Statement {
    fn part(&self, period: Period, until: Hour) -> Part {
        let biller = self.bill.biller();
        let mut part = Part {
            period,
            lines: Vec::new(),
            reservations: vec![Use::default(); biller.reservations().len()],
            plans: vec![Use::default(); biller.plans().len()],
        };
        // What is not over yet has no hours here.
        let to = period.to.min(until).max(period.from);
        let mut sums: HashMap<Key, Sum> = HashMap::new();
        for (_, charges) in self.bill.hours(period.from, to) {
            for charge in &charges {
                part.note(charge);
                if *charge.account == *self.account {
                    let key = (charge.account.clone(), charge.resource.clone(), charge.product, charge.pays);
                    let sum = sums.entry(key).or_default();
                    sum.quantity += charge.quantity;
                    sum.amortized += charge.amortized;
                    sum.on_demand += charge.on_demand;
                }
            }
        }
        for (key, sum) in sums {
            part.lines.extend(of_usage(key, &sum));
        }
        for (at, reservation) in biller.reservations().iter().enumerate() {
            part.reservations[at].hours = overlap(period, (reservation.start, reservation.end), to);
        }
        for (at, plan) in biller.plans().iter().enumerate() {
            part.plans[at].hours = overlap(period, (plan.start, plan.end), to);
        }
        self.add_fees(&mut part, to);
        part
    }

    /// What commitments of the account cost by themselves.
    fn add_fees(&self, part: &mut Part, to: Hour) {
        let past = |hour: Hour| part.period.contains(hour) && hour < to;
        let mut fees = Vec::new();
        let account: Arc<str> = self.account.as_str().into();
        let line = |id: &Arc<str>, record, pays, unblended, amortized| Line {
            account: account.clone(),
            resource: id.clone(),
            record,
            pays,
            product: None,
            quantity: Decimal::ZERO,
            unblended,
            amortized,
        };
        for (at, reservation) in self.bill.biller().reservations().iter().enumerate() {
            let used = &part.reservations[at];
            if *reservation.account != *self.account {
                continue;
            }
            let (pays, count) = (Pays::UnusedReservation(at), Decimal::from(reservation.count));
            let recurring = reservation.hourly * count * Decimal::from(used.hours);
            if used.hours > 0 {
                fees.push(line(&reservation.id, Record::Recurring, pays, recurring, used.unused));
            }
            // What a modification made was paid before, and of what an exchange made the rest is due.
            if past(reservation.start) && !reservation.paid.is_zero() {
                fees.push(line(&reservation.id, Record::Upfront, pays, reservation.paid, Decimal::ZERO));
            }
        }
        for (at, plan) in self.bill.biller().plans().iter().enumerate() {
            let used = &part.plans[at];
            if *plan.account != *self.account {
                continue;
            }
            let pays = Pays::UnusedSavingsPlan(at);
            if used.hours > 0 {
                let recurring = plan.recurring() * Decimal::from(used.hours);
                fees.push(line(&plan.id, Record::PlanRecurring, pays, recurring, used.unused));
            }
            if past(plan.start) && !plan.upfront.is_zero() {
                fees.push(line(&plan.id, Record::PlanUpfront, pays, plan.upfront, Decimal::ZERO));
            }
        }
        part.lines.extend(fees);
    }

    pub fn reserved_row(&self, id: &str) -> Option<&(Reserved, ReservationOffer)> {
        self.reserved.get(id)
    }

    pub fn plan_row(&self, id: &str) -> Option<&(Plan, PlanOffer)> {
        self.plans.get(id)
    }

    pub fn class_of(&self, reservation: &str) -> Option<Class> {
        self.reserved.get(reservation).map(|(_, offer)| offer.class)
    }

    pub fn payment_of(&self, reservation: &str) -> Option<&'static str> {
        self.reserved.get(reservation).map(|(_, offer)| offer.payment.name())
    }

    pub fn plan_arn(&self, id: &str) -> Option<String> {
        self.plans.get(id).map(|(plan, _)| plan.arn())
    }

    pub fn plan_type(&self, id: &str) -> Option<&'static str> {
        self.plans.get(id).map(|(_, offer)| match offer.family {
            PlanFamily::Compute => "ComputeSavingsPlans",
            PlanFamily::Ec2Instance(_) => "EC2InstanceSavingsPlans",
        })
    }

    pub fn plan_payment(&self, id: &str) -> Option<&'static str> {
        self.plans.get(id).map(|(_, offer)| offer.payment.name())
    }

    pub fn plan_usage_type(&self, id: &str) -> Option<String> {
        self.plans.get(id).map(|(_, offer)| names::usage_type(offer))
    }
}

impl Part {
    fn note(&mut self, charge: &Charge) {
        match charge.pays {
            Pays::Reservation(at) => self.reservations[at].take(charge),
            Pays::SavingsPlan(at) => self.plans[at].take(charge),
            Pays::UnusedReservation(at) => self.reservations[at].leave(charge),
            Pays::UnusedSavingsPlan(at) => self.plans[at].leave(charge),
            Pays::OnDemand => {}
        }
    }
}

fn overlap(period: Period, (start, end): (Hour, Hour), to: Hour) -> i64 {
    period.overlap(start, end.min(to))
}

/// Lines of what was used; what nobody used is told of with the commitment's fees.
fn of_usage((account, resource, product, pays): Key, sum: &Sum) -> Vec<Line> {
    let Sum { quantity, amortized, on_demand } = *sum;
    let line = |record, quantity, unblended, amortized| {
        let (account, resource) = (account.clone(), resource.clone());
        Line { account, resource, record, pays, product, quantity, unblended, amortized }
    };
    match pays {
        Pays::OnDemand => vec![line(Record::Usage, quantity, amortized, amortized)],
        Pays::Reservation(_) => vec![line(Record::Discounted, quantity, Decimal::ZERO, amortized)],
        Pays::SavingsPlan(_) => vec![
            line(Record::Covered, quantity, on_demand, amortized),
            line(Record::Negation, Decimal::ZERO, -on_demand, Decimal::ZERO),
        ],
        Pays::UnusedReservation(_) | Pays::UnusedSavingsPlan(_) => Vec::new(),
    }
}
