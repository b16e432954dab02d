//! What is to be done next about a fleet, as a pure function of it and its members.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::members::{Seen, target};
use crate::catalogue;
use crate::model::{FLEET_REMEMBERED, Fleet, FleetKind, FleetMarket, FleetState, Strategy};
use crate::spot::price::Price;

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It begins.
    Activate,
    /// An instance is no more.
    Bury(String),
    /// An instance is told that it goes.
    Warn(String),
    /// So many thousandths of a unit are missing of each.
    Launch(Vec<(FleetMarket, u64)>),
    Terminate(Vec<String>),
    /// It is what it was last asked to be.
    Reach,
    /// It is good no longer.
    Expire,
    /// Its last instance is gone after it.
    Finish,
    /// Nobody may ask for it any more.
    Forget,
    /// Nothing before this moment, unless something changes.
    Wait(Option<Timestamp>),
}

pub fn next(fleet: &Fleet, members: &[Seen], now: Timestamp) -> Step {
    if fleet.state == FleetState::Deleted {
        let until = fleet.ended.and_then(|ended| ended.checked_add(FLEET_REMEMBERED).ok());
        return if until.is_none_or(|until| until <= now) { Step::Forget } else { Step::Wait(until) };
    }
    if let Some(seen) = members.iter().find(|seen| seen.is_gone() && !seen.member.gone) {
        return Step::Bury(seen.member.id.clone());
    }
    if let Some(seen) = members.iter().find(|seen| seen.is_noticed && !seen.member.warned) {
        return Step::Warn(seen.member.id.clone());
    }
    let is_over = fleet.kind != FleetKind::Instant && fleet.valid_until.is_some_and(|until| until <= now);
    match fleet.state {
        state if state.is_live() && is_over => Step::Expire,
        FleetState::Submitted => match fleet.valid_from {
            Some(from) if from > now => Step::Wait([Some(from), fleet.valid_until].into_iter().flatten().min()),
            _ => Step::Activate,
        },
        FleetState::Active | FleetState::Modifying => live(fleet, members, now),
        state => {
            let left = members.iter().filter(|seen| !seen.is_gone());
            let ids: Vec<String> = left.map(|seen| seen.member.id.clone()).collect();
            match state {
                _ if ids.is_empty() => Step::Finish,
                FleetState::DeletedTerminating => Step::Terminate(ids),
                _ => Step::Wait(None),
            }
        }
    }
}

/// Of one that is to be what it was asked to be.
fn live(fleet: &Fleet, members: &[Seen], now: Timestamp) -> Step {
    if fleet.kind == FleetKind::Instant {
        return Step::Wait(None);
    }
    let missing: Vec<(FleetMarket, u64)> = FleetMarket::ALL
        .into_iter()
        .map(|market| (market, target(fleet, market).saturating_sub(counted(fleet, members, market))))
        .filter(|(_, missing)| *missing > 0)
        .collect();
    if !missing.is_empty() {
        return Step::Launch(missing);
    }
    let ids = excess(fleet, members);
    if !ids.is_empty() {
        return Step::Terminate(ids);
    }
    let mut moments = vec![fleet.valid_until];
    for seen in members.iter().filter(|seen| seen.is_alive() && is_replaced(fleet, seen)) {
        let delay = fleet.rebalance.and_then(|rebalance| rebalance.terminates_after);
        let due = delay
            .zip(seen.at_risk)
            .and_then(|(delay, since)| since.checked_add(SignedDuration::from_secs(delay.into())).ok());
        match due {
            // What replaces it is there: nothing is missing.
            Some(due) if due <= now => return Step::Terminate(vec![seen.member.id.clone()]),
            due => moments.push(due),
        }
    }
    if fleet.state == FleetState::Modifying {
        return Step::Reach;
    }
    Step::Wait(moments.into_iter().flatten().min())
}

/// Whether another is launched for it while it runs.
fn is_replaced(fleet: &Fleet, seen: &Seen) -> bool {
    fleet.rebalance.is_some() && seen.at_risk.is_some()
}

/// What counts for the target: of a fleet that launches once, all that it ever launched.
fn counted(fleet: &Fleet, members: &[Seen], market: FleetMarket) -> u64 {
    let counts = |seen: &&Seen| match fleet.kind {
        FleetKind::Maintain => seen.is_alive() && !is_replaced(fleet, seen),
        FleetKind::Request | FleetKind::Instant => true,
    };
    let mine = members.iter().filter(|seen| seen.member.market == market).filter(counts);
    mine.map(|seen| seen.member.weight).sum()
}

/// Which are more than the target asks for: never so many that it would be missed.
fn excess(fleet: &Fleet, members: &[Seen]) -> Vec<String> {
    if !fleet.ends_excess || fleet.kind != FleetKind::Maintain {
        return Vec::new();
    }
    let mut victims = Vec::new();
    for market in FleetMarket::ALL {
        let safe = |seen: &&Seen| seen.member.market == market && seen.is_alive() && !is_replaced(fleet, seen);
        let mut left: Vec<&Seen> = members.iter().filter(safe).collect();
        let mut more = counted(fleet, members, market).saturating_sub(target(fleet, market));
        while let Some(at) = victim(fleet, market, &left, more) {
            let seen = left.swap_remove(at);
            more -= seen.member.weight;
            victims.push(seen.member.id.clone());
        }
    }
    victims
}

/// The one that fits the strategy least: the dearest, the one of which there are most, or the youngest.
fn victim(fleet: &Fleet, market: FleetMarket, left: &[&Seen], more: u64) -> Option<usize> {
    let mut by_pool: BTreeMap<&str, u64> = BTreeMap::new();
    for seen in left {
        *by_pool.entry(&seen.member.pool).or_default() += seen.member.weight;
    }
    let unfit = |seen: &Seen| match fleet.options(market).strategy {
        Strategy::LowestPrice => {
            let price = catalogue::find(&seen.member.instance_type).and_then(|kind| Price::on_demand(&kind));
            price.map_or(0, |price| u128::from(price.billionths()) * 1000 / u128::from(seen.member.weight.max(1)))
        }
        Strategy::Diversified => by_pool.get(seen.member.pool.as_str()).copied().unwrap_or(0).into(),
        _ => 0,
    };
    let fits = (0..left.len()).filter(|at| left[*at].member.weight <= more);
    fits.max_by_key(|at| (unfit(left[*at]), left[*at].member.launched, &left[*at].member.id))
}
