//! Plans for families and a Compute plan together.

use rust_decimal::Decimal;

use super::search::{Basket, Search, Wanted};
use crate::offers::{Payment, PlanFamily, PlanOffer, Term};

/// Parts of what is best for a family alone that are tried beside a Compute plan.
const PARTS: [Decimal; 5] = [
    Decimal::ZERO,
    Decimal::from_parts(25, 0, 0, false, 2),
    Decimal::from_parts(5, 0, 0, false, 1),
    Decimal::from_parts(75, 0, 0, false, 2),
    Decimal::ONE,
];
/// How often each family is looked at again, at most.
const ROUNDS: usize = 4;

/// The cheapest basket that was found. A longer term or more upfront never costs more for what is used all along, so
/// that the deepest of the wanted ones is looked at; standard reservations cost what plans for a family do, and bend less.
pub(super) fn best_mix(search: &Search<'_>, wanted: &Wanted) -> Basket {
    let (Some(&term), Some(&payment)) = (wanted.terms.iter().max(), wanted.payments.iter().max()) else {
        return Basket::default();
    };
    let terms = Terms { search, term, payment };
    let families: Vec<_> = search.families().into_iter().collect();
    let alone: Vec<_> = families.iter().map(|family| terms.alone(family)).collect();
    let nothing = vec![Decimal::ZERO; alone.len()];
    // Neither end leads to the other: families that take turns need the Compute plan for all of them at once.
    let found = [alone.clone(), nothing].map(|start| terms.descend(&families, &alone, start));
    found.into_iter().min_by_key(|(cost, _)| *cost).map(|(_, basket)| basket).unwrap_or_default()
}

struct Terms<'a> {
    search: &'a Search<'a>,
    term: Term,
    payment: Payment,
}

impl Terms<'_> {
    fn offer(&self, family: &str) -> PlanOffer {
        PlanOffer { family: PlanFamily::Ec2Instance(family.to_owned()), term: self.term, payment: self.payment }
    }

    /// Changes one family's commitment after the other as long as that saves something.
    fn descend(&self, families: &[String], alone: &[Decimal], start: Vec<Decimal>) -> (Decimal, Basket) {
        let cost_of = |basket: &Basket| self.search.profile.cost(&basket.commitments, self.search.sheet);
        let mut commitments = start;
        let mut best = self.basket(families, &commitments);
        let mut cost = cost_of(&best);
        for _ in 0..ROUNDS {
            let before = cost;
            for at in 0..families.len() {
                for part in PARTS {
                    let kept = std::mem::replace(&mut commitments[at], alone[at] * part);
                    let basket = self.basket(families, &commitments);
                    let with = cost_of(&basket);
                    if with < cost {
                        (best, cost) = (basket, with);
                    } else {
                        commitments[at] = kept;
                    }
                }
            }
            if cost == before {
                break;
            }
        }
        (cost, best)
    }

    /// What is best for the family if there is nothing else.
    fn alone(&self, family: &str) -> Decimal {
        let family = PlanFamily::Ec2Instance(family.to_owned());
        let basket = self.search.plan(self.search.profile, family, self.term, self.payment);
        basket.bought.iter().map(|bought| bought.amount).sum()
    }

    /// These, and the best Compute plan for the rest.
    fn basket(&self, families: &[String], commitments: &[Decimal]) -> Basket {
        let plans = families.iter().zip(commitments);
        let plans = plans.map(|(family, commitment)| self.search.plan_of(&self.offer(family), *commitment));
        let basket = plans.fold(Basket::default(), Basket::with);
        let left = self.search.profile.left(&basket.commitments, self.search.sheet);
        let compute = self.search.plan(&left, PlanFamily::Compute, self.term, self.payment);
        basket.with(compute)
    }
}
