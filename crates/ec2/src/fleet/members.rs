//! A fleet's instances, as they are now.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::errors::Result;
use crate::lookup::{Reader, by_index};
use crate::model::{Fleet, FleetMarket, FleetMember, Instance, InstanceState};

/// A unit, in the thousandths in which weights are counted.
pub const UNIT: u64 = 1000;

/// A member and what is known of its instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub member: FleetMember,
    /// `None` if it is forgotten.
    pub state: Option<InstanceState>,
    /// `sir-…`
    pub request: Option<String>,
    /// Since when it is recommended to replace it.
    pub at_risk: Option<Timestamp>,
    /// Whether it is told that it goes.
    pub is_noticed: bool,
}

impl Seen {
    /// Whether it counts.
    pub fn is_alive(&self) -> bool {
        matches!(self.state, Some(InstanceState::Pending | InstanceState::Running))
    }

    /// Whether it never runs again.
    pub fn is_gone(&self) -> bool {
        self.state.is_none_or(InstanceState::is_ending)
    }
}

pub fn read(from: &mut (impl Reader + ?Sized), fleet: &str, now: Timestamp) -> Result<Vec<Seen>> {
    let members: Vec<FleetMember> = by_index(from, 0, fleet)?;
    let mut seen = Vec::with_capacity(members.len());
    for member in members {
        let instance: Option<Instance> = if member.gone { None } else { from.read(&member.id)? };
        let terms = instance.as_ref().and_then(|instance| instance.spot.as_ref());
        seen.push(Seen {
            state: instance.as_ref().map(|instance| instance.state),
            request: terms.map(|terms| terms.request.clone()),
            at_risk: terms.and_then(|terms| terms.rebalance),
            is_noticed: terms.is_some_and(|terms| terms.notice(now).is_some()),
            member,
        });
    }
    Ok(seen)
}

/// Thousandths of a unit that run or will in a moment.
pub fn fulfilled(members: &[Seen], market: Option<FleetMarket>) -> u64 {
    let counts = |seen: &&Seen| seen.is_alive() && market.is_none_or(|market| seen.member.market == market);
    members.iter().filter(counts).map(|seen| seen.member.weight).sum()
}

/// The same, by pool.
pub fn by_pool(members: &[Seen], market: FleetMarket) -> BTreeMap<String, u64> {
    let mut have = BTreeMap::new();
    for seen in members.iter().filter(|seen| seen.is_alive() && seen.member.market == market) {
        *have.entry(seen.member.pool.clone()).or_default() += seen.member.weight;
    }
    have
}

/// Capacity that is asked for, in the same measure.
pub fn target(fleet: &Fleet, market: FleetMarket) -> u64 {
    u64::from(fleet.target.of(market)) * UNIT
}
