//! What Spot costs, and when it cost what. The price is a share of the On-Demand price that follows how full the host is: a
//! tenth while nothing is promised, and all of it when everything is.
//!
//! A reconciler writes a row with each change, at most one every five minutes; the rows are the price history. The share goes
//! half of the way at a time, as AWS's prices move with the trend of supply and demand rather than with each instance (*EC2
//! user guide, Spot Instance pricing history*). Where the host has no end (machines in state only) the share stays what it was
//! before any row.

use freehold_store::Filter;
use jiff::{SignedDuration, Timestamp};

use super::price::{Price, WHOLE, in_force_since};
use crate::catalogue::InstanceType;
use crate::errors::Result;
use crate::lookup::Reader;
use crate::model::SpotShare;

/// Of the On-Demand price, in ten-thousandths, before any change.
pub const USUAL: u32 = 3000;
/// While nothing of the host is promised.
const LEAST: u32 = 1000;
/// The share does not change sooner after its last change.
pub const EVERY: SignedDuration = SignedDuration::from_mins(5);
/// Less of a change is none.
const STEP: u32 = 100;

/// The history of the share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Market {
    /// Each from its moment on; oldest first.
    changes: Vec<(Timestamp, u32)>,
}

impl Market {
    pub fn read(from: &mut (impl Reader + ?Sized)) -> Result<Self> {
        Ok(Self::of(from.read_all(&Filter::all())?))
    }

    /// From all rows, in the order of their ids.
    pub fn of(rows: Vec<SpotShare>) -> Self {
        Self { changes: rows.into_iter().map(|row| (row.at, row.share)).collect() }
    }

    /// The share at that moment.
    pub fn share(&self, at: Timestamp) -> u32 {
        let until = self.changes.partition_point(|(since, _)| *since <= at);
        until.checked_sub(1).map_or(USUAL, |last| self.changes[last].1)
    }

    /// What instances of this type cost at that moment.
    pub fn price(&self, kind: &InstanceType, at: Timestamp) -> Option<Price> {
        Price::at_share(kind, self.share(at))
    }

    /// All shares that there were, newest first, each with the moment from which it was in force.
    pub fn newest_first(&self) -> impl DoubleEndedIterator<Item = (Timestamp, u32)> {
        let usual = (in_force_since(), USUAL);
        let begins_before = self.changes.first().is_none_or(|(since, _)| usual.0 < *since);
        begins_before.then_some(usual).into_iter().chain(self.changes.iter().copied()).rev()
    }

    /// When it changed last.
    pub fn last_change(&self) -> Option<Timestamp> {
        self.changes.last().map(|(since, _)| *since)
    }

    /// The share that is due now, where so many ten-thousandths of the host are promised; `None` if it stays.
    pub fn due(&self, fullness: u32, now: Timestamp) -> Option<u32> {
        if self.last_change().is_some_and(|last| now.duration_since(last) < EVERY) {
            return None;
        }
        let share = self.share(Timestamp::MAX);
        let next = toward(share, goal(fullness));
        (next != share).then_some(next)
    }
}

/// Where the price of a host that is so full ends. It rises with the square: the last of the room is dear.
fn goal(fullness: u32) -> u32 {
    let full = u64::from(fullness.min(WHOLE));
    let part = full * full * u64::from(WHOLE - LEAST) / u64::from(WHOLE).pow(2);
    LEAST + u32::try_from(part).unwrap_or(WHOLE - LEAST)
}

/// Half of the way, and the rest of it when little is left.
fn toward(share: u32, goal: u32) -> u32 {
    let distance = share.abs_diff(goal);
    match distance {
        0..STEP if goal != LEAST && goal != WHOLE => share,
        _ if distance <= 2 * STEP => goal,
        _ if goal > share => share + distance / 2,
        _ => share - distance / 2,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue;

    fn at(minutes: i64) -> Timestamp {
        in_force_since() + SignedDuration::from_mins(minutes)
    }

    /// Looks every minute, as long.
    fn watch(market: &mut Market, fullness: u32, from: i64, minutes: i64) {
        for minute in from..from + minutes {
            if let Some(share) = market.due(fullness, at(minute)) {
                market.changes.push((at(minute), share));
            }
        }
    }

    #[test]
    fn an_empty_host_is_cheap_and_a_full_one_costs_as_much_as_on_demand() {
        let mut market = Market::default();
        watch(&mut market, 0, 0, 60);
        assert_eq!(market.share(at(60)), LEAST);
        watch(&mut market, WHOLE, 60, 60);
        assert_eq!(market.share(at(120)), WHOLE);
        let nano = catalogue::find("t3.nano").unwrap();
        assert_eq!(market.price(&nano, at(120)), Price::on_demand(&nano));
        assert_eq!(market.price(&nano, at(-1)), Price::at_share(&nano, USUAL));
    }

    #[test]
    fn a_change_is_in_force_from_its_moment_on() {
        let market = Market { changes: vec![(at(10), 2000), (at(20), 5000)] };
        let shares: Vec<_> = [9, 10, 19, 20, 999].map(|minute| market.share(at(minute))).into();
        assert_eq!(shares, [USUAL, 2000, 2000, 5000, 5000]);
        let told: Vec<_> = market.newest_first().collect();
        assert_eq!(told, [(at(20), 5000), (at(10), 2000), (at(0), USUAL)]);
    }

    proptest! {
        #[test]
        fn it_moves_by_half_and_no_sooner_than_five_minutes_after(fulls in prop::collection::vec(0u32..=12_000, 1..60)) {
            let mut market = Market::default();
            for (minute, full) in (0..).zip(&fulls) {
                watch(&mut market, *full, minute, 1);
            }
            let mut before = (at(-10), USUAL);
            for change in &market.changes {
                prop_assert!(change.0.duration_since(before.0) >= EVERY);
                prop_assert!((LEAST..=WHOLE).contains(&change.1) && change.1 != before.1);
                prop_assert!(change.1.abs_diff(before.1) <= (WHOLE - LEAST) / 2);
                before = *change;
            }
        }

        #[test]
        fn it_comes_to_rest_where_the_host_is_so_full(full in 0u32..=WHOLE) {
            let mut market = Market::default();
            watch(&mut market, full, 0, 120);
            let rests = market.changes.len();
            watch(&mut market, full, 120, 60);
            prop_assert_eq!(market.changes.len(), rests);
            prop_assert!(market.share(at(200)).abs_diff(goal(full)) < STEP);
        }

        #[test]
        fn a_fuller_host_is_never_cheaper(one in 0u32..=WHOLE, more in 0u32..=WHOLE) {
            prop_assert!(goal(one) <= goal((one + more).min(WHOLE)));
        }
    }
}
