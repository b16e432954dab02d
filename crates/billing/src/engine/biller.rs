//! The order in which commitments pay.

use std::cmp::Reverse;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::cover::{Left, Whose};
use super::{Charge, Hour, Pays, PlanKind, Prices, Product, Reservation, SavingsPlan};

/// What one resource used of one product in an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourUsage {
    /// 12 digits. All accounts of a bill share their commitments, as those of an organization do.
    pub account: Arc<str>,
    /// Its id or ARN.
    pub resource: Arc<str>,
    /// The product's place in [`Biller::products`].
    pub product: usize,
    /// In the product's unit.
    pub quantity: Decimal,
}

/// Bills the hours of accounts that share commitments. What is the same in all hours is worked out once.
pub struct Biller {
    products: Vec<Product>,
    on_demand: Vec<Decimal>,
    reservations: Vec<Reservation>,
    plans: Vec<SavingsPlan>,
    /// In the order in which they pay, each with the products that it fits from the smallest size to the largest.
    reserved: Vec<(usize, Vec<usize>)>,
    /// Of EC2 Instance plans, then of Compute plans.
    steps: [Vec<Step>; 2],
}

/// Whose usage a commitment looks at, and whether at room that nobody uses: discounts go to instances before they cover
/// unused Capacity Reservations (*EC2 user guide, Capacity Reservation pricing and billing: billing discounts*).
const TURNS: [(Whose, bool); 4] =
    [(Whose::Owner, false), (Whose::Owner, true), (Whose::Others, false), (Whose::Others, true)];

/// A plan may pay for a product at this rate.
struct Step {
    plan: usize,
    product: usize,
    rate: Decimal,
}

impl Biller {
    pub fn new(
        products: Vec<Product>,
        reservations: Vec<Reservation>,
        plans: Vec<SavingsPlan>,
        prices: &impl Prices,
    ) -> Self {
        let on_demand: Vec<_> = products.iter().map(|product| prices.on_demand(product)).collect();
        let reserved = order_of_reservations(&reservations, &products);
        let steps = [false, true].map(|is_compute| {
            let mut steps = Vec::new();
            for (at, plan) in
                plans.iter().enumerate().filter(|(_, plan)| is_compute == (plan.kind == PlanKind::Compute))
            {
                let fitting = products.iter().enumerate().filter(|(_, product)| plan.fits(product));
                steps.extend(fitting.filter_map(|(product, what)| {
                    let rate = prices.plan_rate(plan, what).filter(|rate| !rate.is_zero())?;
                    Some(Step { plan: at, product, rate })
                }));
            }
            // The highest saving first, the lowest rate on ties; then the older plan, so that the order never wavers.
            steps.sort_by_cached_key(|step| {
                let on_demand = on_demand[step.product];
                let paid = if on_demand.is_zero() { Decimal::ONE } else { step.rate / on_demand };
                let plan = &plans[step.plan];
                (paid, step.rate, plan.start, plan.id.clone(), step.product)
            });
            steps
        });
        Self { products, on_demand, reservations, plans, reserved, steps }
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    pub fn reservations(&self) -> &[Reservation] {
        &self.reservations
    }

    pub fn plans(&self) -> &[SavingsPlan] {
        &self.plans
    }

    /// USD for a unit of a product with no commitment.
    pub fn on_demand(&self, product: usize) -> Decimal {
        self.on_demand[product]
    }

    /// What the usage of this hour costs, and what was promised for it and not used.
    pub fn bill(&self, hour: Hour, usage: &[HourUsage]) -> Vec<Charge> {
        let mut charges = Vec::new();
        let mut left = Left::new(usage, self.products.len());
        self.use_reservations(hour, &mut left, &mut charges);
        self.use_plans(hour, &mut left, &mut charges);
        for (line, quantity) in left.rest() {
            let cost = quantity * self.on_demand[line.product];
            charges.push(self.charge(line, quantity, Pays::OnDemand, cost));
        }
        charges
    }

    fn use_reservations(&self, hour: Hour, left: &mut Left<'_>, charges: &mut Vec<Charge>) {
        let in_force: Vec<_> =
            self.reserved.iter().filter(|(at, _)| self.reservations[*at].is_in_force(hour)).collect();
        let mut unused: Vec<_> = in_force.iter().map(|(at, _)| self.reservations[*at].capacity()).collect();
        for is_zonal in [true, false] {
            for (whose, is_room) in TURNS {
                for ((at, products), unused) in in_force.iter().zip(&mut unused) {
                    let reservation = &self.reservations[*at];
                    if reservation.is_zonal() != is_zonal {
                        continue;
                    }
                    let (capacity, cost) = (reservation.capacity(), reservation.amortized());
                    for &product in products.iter().filter(|at| self.products[**at].is_room() == is_room) {
                        let weight = reservation.weight(&self.products[product]);
                        let owner = (&*reservation.account, whose);
                        *unused = left.take(product, owner, weight, *unused, |line, quantity, taken| {
                            let cost = cost * taken / capacity;
                            charges.push(self.charge(line, quantity, Pays::Reservation(*at), cost));
                        });
                    }
                }
            }
        }
        for ((at, _), unused) in in_force.iter().zip(unused).filter(|(_, unused)| !unused.is_zero()) {
            let reservation = &self.reservations[*at];
            charges.push(Charge {
                account: reservation.account.clone(),
                resource: reservation.id.clone(),
                product: None,
                quantity: unused / reservation.own_weight(),
                pays: Pays::UnusedReservation(*at),
                amortized: reservation.amortized() * unused / reservation.capacity(),
                on_demand: Decimal::ZERO,
            });
        }
    }

    fn use_plans(&self, hour: Hour, left: &mut Left<'_>, charges: &mut Vec<Charge>) {
        let mut unused: Vec<_> =
            self.plans.iter().map(|plan| plan.is_in_force(hour).then_some(plan.commitment)).collect();
        for steps in &self.steps {
            for (whose, is_room) in TURNS {
                for step in steps.iter().filter(|step| self.products[step.product].is_room() == is_room) {
                    let Some(unused) = &mut unused[step.plan] else { continue };
                    let owner = (&*self.plans[step.plan].account, whose);
                    *unused = left.take(step.product, owner, step.rate, *unused, |line, quantity, cost| {
                        charges.push(self.charge(line, quantity, Pays::SavingsPlan(step.plan), cost));
                    });
                }
            }
        }
        for (at, unused) in unused.into_iter().enumerate() {
            let Some(unused) = unused.filter(|unused| !unused.is_zero()) else { continue };
            let plan = &self.plans[at];
            charges.push(Charge {
                account: plan.account.clone(),
                resource: plan.id.clone(),
                product: None,
                quantity: Decimal::ONE,
                pays: Pays::UnusedSavingsPlan(at),
                amortized: unused,
                on_demand: Decimal::ZERO,
            });
        }
    }

    fn charge(&self, line: &HourUsage, quantity: Decimal, pays: Pays, amortized: Decimal) -> Charge {
        Charge {
            account: line.account.clone(),
            resource: line.resource.clone(),
            product: Some(line.product),
            quantity,
            pays,
            amortized,
            on_demand: quantity * self.on_demand[line.product],
        }
    }
}

/// Older ones first; each with what it fits, from the smallest size to the largest.
fn order_of_reservations(reservations: &[Reservation], products: &[Product]) -> Vec<(usize, Vec<usize>)> {
    let mut order: Vec<_> = (0..reservations.len()).collect();
    order.sort_by_key(|&at| {
        let reservation = &reservations[at];
        // One that fits a single size has nowhere else to go.
        (reservation.is_flexible(), reservation.start, Reverse(reservation.end), reservation.id.clone())
    });
    let fitting = |at: usize| {
        let reservation: &Reservation = &reservations[at];
        let mut fitting: Vec<_> = (0..products.len()).filter(|&product| reservation.fits(&products[product])).collect();
        fitting.sort_by_key(|&product| reservation.weight(&products[product]));
        (at, fitting)
    };
    order.into_iter().map(fitting).collect()
}
