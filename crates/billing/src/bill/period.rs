//! The bill of a period.

use std::collections::BTreeMap;

use super::group::{Dimension, Groups, Key, Sums};
use super::timeline::Timeline;
use crate::engine::{Biller, Charge, Hour, Prices, Reservation, SavingsPlan};

/// What accounts that are billed together bought.
#[derive(Debug, Clone, Default)]
pub struct Commitments {
    pub reservations: Vec<Reservation>,
    pub plans: Vec<SavingsPlan>,
}

/// Usage and commitments of accounts that are billed together.
pub struct Bill {
    biller: Biller,
    timeline: Timeline,
    /// The hour that is under way; `None` to bill as if all were over.
    now: Option<Hour>,
}

impl Bill {
    pub fn new(timeline: Timeline, commitments: Commitments, prices: &impl Prices) -> Self {
        let Commitments { reservations, plans } = commitments;
        let biller = Biller::new(timeline.products().to_vec(), reservations, plans, prices);
        Self { biller, timeline, now: None }
    }

    /// Charges nothing for commitments that nobody used in hours after this one: they are still to come.
    pub fn as_of(self, now: Hour) -> Self {
        Self { now: Some(now), ..self }
    }

    /// Whether this hour has not begun.
    pub fn is_to_come(&self, hour: Hour) -> bool {
        self.now.is_some_and(|now| now < hour)
    }

    pub fn biller(&self) -> &Biller {
        &self.biller
    }

    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Each hour from the first to before the last with what it costs.
    pub fn hours(&self, from: Hour, to: Hour) -> impl Iterator<Item = (Hour, Vec<Charge>)> {
        self.timeline.hours(from, to).map(|(hour, usage)| {
            let mut charges = self.biller.bill(hour, &usage);
            if self.is_to_come(hour) {
                charges.retain(|charge| !charge.pays.is_unused());
            }
            (hour, charges)
        })
    }

    /// Sums over the period by these dimensions.
    pub fn group(&self, from: Hour, to: Hour, by: &[Dimension]) -> BTreeMap<Key, Sums> {
        let mut groups = Groups::new(self, by);
        for (hour, charges) in self.hours(from, to) {
            groups.add(hour, &charges);
        }
        groups.done()
    }
}
