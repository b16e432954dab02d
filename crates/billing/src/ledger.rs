//! Bills from what the region has stored.

use std::sync::{Arc, PoisonError, RwLock};

use freehold_core::Clock;
use freehold_metering::{Month, Ongoing, Stretch, Tally};
use freehold_store::{Error, Filter, SharedStore, StoreExt};
use jiff::Timestamp;

use crate::bill::{Bill, Commitments, Timeline};
use crate::engine::{Hour, Region};
use crate::model::{Plan, Reserved};
use crate::sheet::{InstanceTypes, Sheet};

/// Everything that was metered and bought. All accounts of the region are billed together, as those of an organization
/// whose commitments are shared.
pub struct Ledger {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    region: Region,
    types: Arc<dyn InstanceTypes>,
    sheet: Sheet,
    ongoing: RwLock<Vec<Arc<dyn Ongoing>>>,
}

impl Ledger {
    pub fn new(
        store: SharedStore,
        clock: Arc<dyn Clock>,
        region: &str,
        types: Arc<dyn InstanceTypes>,
        sheet: Sheet,
    ) -> Self {
        Self { store, clock, region: region.into(), types, sheet, ongoing: RwLock::default() }
    }

    /// By the region's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    pub fn types(&self) -> &Arc<dyn InstanceTypes> {
        &self.types
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Asks this service too what is in use.
    pub fn ask(&self, service: Arc<dyn Ongoing>) {
        self.ongoing.write().unwrap_or_else(PoisonError::into_inner).push(service);
    }

    /// What was used from one hour to before another.
    ///
    /// # Errors
    /// Those of the store.
    pub fn timeline(&self, from: Hour, to: Hour) -> Result<Timeline, Error> {
        let mut timeline = Timeline::default();
        let (begin, end, now) = (from.start(), to.start(), self.clock.now());
        let mut add = |stretch: &Stretch| {
            if stretch.from < end && begin < stretch.to.max(stretch.from) {
                timeline.add_stretch(stretch, &self.region, &*self.types);
            }
        };
        // What reaches into the period ended in its first month or later; what ends after its last month began before.
        for month in Month::of(begin).up_to(Month::of(now.max(end))) {
            for stretch in self.store.list::<Stretch>(&Filter::index(0, month.to_string()))? {
                add(&stretch);
            }
        }
        let ongoing = self.ongoing.read().unwrap_or_else(PoisonError::into_inner).clone();
        for service in ongoing {
            service.ongoing(now)?.iter().for_each(&mut add);
        }
        for month in Month::of(begin).up_to(Month::of(end)) {
            for tally in self.store.list::<Tally>(&Filter::index(0, month.to_string()))? {
                if (from..to).contains(&Hour::of(tally.hour)) {
                    timeline.add_tally(&tally, &self.region);
                }
            }
        }
        Ok(timeline)
    }

    /// What was bought, whenever.
    ///
    /// # Errors
    /// Those of the store.
    pub fn commitments(&self) -> Result<Commitments, Error> {
        let reserved = self.store.list::<Reserved>(&Filter::all())?;
        let plans = self.store.list::<Plan>(&Filter::all())?;
        Ok(Commitments {
            reservations: reserved.iter().filter_map(|one| one.in_engine(&self.region, &*self.types)).collect(),
            plans: plans
                .iter()
                .filter_map(|plan| plan.in_engine(&self.sheet.offers().plan(&plan.offering)?, &self.region))
                .collect(),
        })
    }

    /// The bill of a period.
    ///
    /// # Errors
    /// Those of the store.
    pub fn bill(&self, from: Hour, to: Hour) -> Result<Bill, Error> {
        let bill = Bill::new(self.timeline(from, to)?, self.commitments()?, &self.sheet);
        Ok(bill.as_of(Hour::of(self.clock.now())))
    }
}
