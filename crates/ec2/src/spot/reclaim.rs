//! Room for On-Demand instances. Whoever pays the whole price is launched though the host is full, as long as enough of what
//! it holds is Spot: the instance is `pending`, and what it needs is claimed at once, so that nobody else gets it. Spot
//! instances are given notice, one after the other, until what is left will hold everything; the instance begins when they
//! are gone, two minutes later.
//!
//! AWS keeps room ahead and takes Spot back before it is needed, so that an On-Demand launch simply works; here it does as
//! well, a notice later.

use std::collections::HashSet;

use freehold_machine::capacity::{Ledger, Share};
use freehold_store::Filter;
use jiff::Timestamp;

use super::price::Price;
use crate::catalogue;
use crate::errors::Result;
use crate::lookup::Reader;
use crate::model::{Instance, InstanceState, InterruptionBehavior, SpotRequest};

/// Everything that holds room, by what becomes of it.
#[derive(Debug, Clone, Default)]
pub struct Holders {
    /// Spot instances that can be told to go, in the order in which they are.
    pub takeable: Vec<Instance>,
    /// Those that have been told, or go already.
    pub going: HashSet<String>,
    /// On-Demand instances that wait for room, the first to have come first.
    pub awaiting: Vec<Instance>,
}

/// What is to be done next for those that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Nobody waits.
    Nothing,
    /// It can begin.
    Give(&'a Instance),
    /// It is to go.
    Take(&'a Instance),
    /// Enough are going.
    Wait,
    /// Nothing is left to take: it cannot begin.
    Refuse(&'a Instance),
}

impl Holders {
    pub fn read(from: &mut (impl Reader + ?Sized)) -> Result<Self> {
        let mut holders = Self::default();
        let mut takeable = Vec::new();
        for instance in from.read_all::<Instance>(&Filter::all())? {
            if !instance.state.holds_capacity() {
                continue;
            }
            if instance.awaits_room() {
                holders.awaiting.push(instance);
            } else if is_going(&instance) {
                holders.going.insert(instance.id);
            } else if is_takeable(&instance) {
                let pays = pays(from, &instance)?;
                takeable.push((pays, instance));
            }
        }
        holders.awaiting.sort_by(|a, b| (a.launch_time, &a.id).cmp(&(b.launch_time, &b.id)));
        // Whoever pays least goes first, and of those the youngest.
        takeable.sort_by(|(a, one), (b, other)| (a, other.launch_time, &other.id).cmp(&(b, one.launch_time, &one.id)));
        holders.takeable = takeable.into_iter().map(|(_, instance)| instance).collect();
        Ok(holders)
    }

    /// How many On-Demand instances of this share there will be room for if need be, at most `wanted`.
    pub fn room_for(&self, ledger: &Ledger, share: Share, wanted: u64) -> u64 {
        let takeable: HashSet<&str> = self.takeable.iter().map(|instance| instance.id.as_str()).collect();
        let goes = |id: &str| takeable.contains(id) || self.going.contains(id);
        let (mut fits, mut fits_not) = (0, wanted + 1);
        while fits + 1 < fits_not {
            let middle = fits + (fits_not - fits) / 2;
            if ledger.fits_without(goes, middle, share) { fits = middle } else { fits_not = middle }
        }
        fits
    }

    /// One thing at a time: whatever is done, the next look begins with all of it.
    pub fn next(&self, ledger: &Ledger) -> Step<'_> {
        let (Some(first), Some(last)) = (self.awaiting.first(), self.awaiting.last()) else { return Step::Nothing };
        let none = Share { cpu_millis: 0, memory_mib: 0, is_exclusive: false };
        let later: HashSet<&str> = self.awaiting.iter().skip(1).map(|instance| instance.id.as_str()).collect();
        if ledger.fits_without(|id| later.contains(id), 0, none) {
            return Step::Give(first);
        }
        if ledger.fits_without(|id| self.going.contains(id), 0, none) {
            return Step::Wait;
        }
        match self.takeable.first() {
            Some(next) => Step::Take(next),
            None if self.going.is_empty() => Step::Refuse(last),
            // What the rest is that holds room shows when these are gone.
            None => Step::Wait,
        }
    }
}

fn is_going(instance: &Instance) -> bool {
    let is_ending = matches!(instance.state, InstanceState::ShuttingDown | InstanceState::Stopping);
    is_ending || instance.spot.as_ref().is_some_and(|spot| spot.interruption.is_some())
}

fn is_takeable(instance: &Instance) -> bool {
    let Some(spot) = &instance.spot else { return false };
    // What is to be stopped must have begun to run.
    instance.state == InstanceState::Running || spot.behavior == InterruptionBehavior::Terminate
}

/// The most that is paid for a Spot instance: what was said, else the On-Demand price.
fn pays(from: &mut (impl Reader + ?Sized), instance: &Instance) -> Result<Option<Price>> {
    let Some(spot) = &instance.spot else { return Ok(None) };
    let request: Option<SpotRequest> = from.read(&spot.request)?;
    let said = request.and_then(|request| request.max_price).as_deref().and_then(Price::parse);
    Ok(said.or_else(|| Price::on_demand(&catalogue::find(&instance.instance_type)?)))
}

/// When one goes that is told now.
pub fn moment(now: Timestamp) -> Timestamp {
    now.saturating_add(crate::model::NOTICE).unwrap_or(Timestamp::MAX)
}
