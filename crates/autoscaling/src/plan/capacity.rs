//! What a group lacks, and what it has too much of.

use jiff::Timestamp;

use super::{victims, zones};
use crate::model::{Group, Health, Maintenance, Market, Member, Override, Phase, Process, later};

/// What is to be done now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub doomed: Vec<Doomed>,
    pub launches: Vec<Launch>,
    /// Members of the warm pool that are to serve, with the others before them.
    pub drawn: Vec<String>,
    /// Nothing more before this.
    pub wait: Option<Timestamp>,
}

/// A member that is to end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Doomed {
    pub key: String,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Unhealthy,
    Excess,
    Lifetime,
    /// EC2 recommended to replace it, and another serves in its place.
    Rebalanced,
    Deleted,
    Pool,
}

/// An instance that is to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    pub zone: String,
    pub subnet: Option<String>,
    pub market: Market,
    pub weight: u32,
    pub warmed: bool,
    pub surplus: bool,
    /// In the place of one that is at risk.
    pub rebalances: bool,
}

/// More are not decided upon at once.
const LAUNCHES_AT_ONCE: usize = 100;
/// Of the instances that are too old, so many in percent are replaced at a time (*User guide, Maximum instance
/// lifetime*).
const OLD_AT_ONCE: usize = 10;

/// Decides for a group with all of its members.
pub(crate) fn plan(group: &Group, members: &[Member], now: Timestamp) -> Plan {
    if group.deleting {
        let all = members.iter().filter(|member| !member.phase.is_ending() || !member.forced);
        let doomed = all.map(|member| Doomed { key: member.key.clone(), why: Why::Deleted }).collect();
        return Plan { doomed, ..Plan::default() };
    }
    let mut planner = Planner { group, members, now, plan: Plan::default() };
    planner.replace_unhealthy();
    planner.replace_old();
    planner.end_at_risk();
    planner.match_desired();
    planner.relieve_at_risk();
    planner.balance();
    planner.keep_pool();
    planner.plan
}

struct Planner<'a> {
    group: &'a Group,
    members: &'a [Member],
    now: Timestamp,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn may(&self, process: Process) -> bool {
        !self.group.is_suspended(process)
    }

    fn doom(&mut self, key: &str, why: Why) {
        self.plan.doomed.push(Doomed { key: key.to_owned(), why });
    }

    /// What the desired capacity counts and is not to end.
    fn counted(&self) -> Vec<&'a Member> {
        let doomed = &self.plan.doomed;
        self.members
            .iter()
            .filter(|member| member.counts() && !doomed.iter().any(|one| one.key == member.key))
            .collect()
    }

    /// Whether a sick instance is to be replaced at all; else it goes on to count.
    fn replaces_sick(&self) -> bool {
        self.may(Process::ReplaceUnhealthy) && self.may(Process::Terminate)
    }

    /// Ends what is sick: at once, or as far as the maintenance policy lets.
    fn replace_unhealthy(&mut self) {
        if !self.replaces_sick() {
            return;
        }
        let sick = self.members.iter().filter(|one| one.phase == Phase::InService && one.health == Health::Unhealthy);
        let serving: u32 = self.members.iter().filter(|member| member.serves()).map(|member| member.weight).sum();
        let least = self.group.maintenance.map_or(0, |bounds| share(self.group.desired, bounds.min_healthy));
        let all: u32 = self.counted().iter().map(|member| member.weight).sum();
        let is_full = self.group.maintenance.is_some_and(|bounds| all >= most(self.group.desired, bounds));
        // Where the bounds leave no room for either, one goes all the same.
        let may_go = if serving >= least { usize::MAX } else { usize::from(is_full) };
        for member in sick.take(may_go) {
            self.doom(&member.key, Why::Unhealthy);
        }
    }

    fn replace_old(&mut self) {
        let Some(lifetime) = self.group.max_lifetime.filter(|_| self.may(Process::Terminate)) else { return };
        let counted = self.counted();
        if counted.iter().any(|member| member.phase != Phase::InService) || !self.plan.doomed.is_empty() {
            return;
        }
        let end = |member: &Member| later(member.in_service_since.unwrap_or(member.created), lifetime);
        let mut old: Vec<&Member> = counted.iter().copied().filter(|member| end(member) <= self.now).collect();
        old.sort_by_key(|member| member.created);
        old.truncate((counted.len() * OLD_AT_ONCE).div_ceil(100).max(1));
        for member in &old {
            self.doom(&member.key, Why::Lifetime);
        }
        self.wait_until(counted.iter().map(|member| end(member)).filter(|end| *end > self.now).min());
    }

    /// Those that EC2 recommends to replace go as soon as others serve in their place (*User guide, Capacity
    /// Rebalancing*). Protection from scale-in does not keep EC2 from taking their room.
    fn end_at_risk(&mut self) {
        if !self.group.capacity_rebalance || !self.may(Process::Terminate) {
            return;
        }
        let serving: Vec<&Member> = self.counted().into_iter().filter(|one| one.serves()).collect();
        let all: u32 = serving.iter().map(|member| member.weight).sum();
        let mut excess = all.saturating_sub(self.group.desired + self.group.extra);
        for member in serving.into_iter().filter(|one| one.at_risk) {
            if member.weight <= excess {
                excess -= member.weight;
                self.doom(&member.key, Why::Rebalanced);
            }
        }
    }

    /// Launches in the place of those, beyond the desired capacity for a while.
    fn relieve_at_risk(&mut self) {
        let may = self.may(Process::Launch) && self.may(Process::Terminate) && self.plan.launches.is_empty();
        if !self.group.capacity_rebalance || !may {
            return;
        }
        let counted = self.counted();
        let at_risk = counted.iter().any(|one| one.serves() && one.at_risk);
        let safe: u32 = counted.iter().filter(|one| !one.at_risk).map(|member| member.weight).sum();
        let missing = (self.group.desired + self.group.extra).saturating_sub(safe);
        if !at_risk || missing == 0 {
            return;
        }
        if let Some(until) = self.group.launch_pause(self.now) {
            return self.wait_until(Some(until));
        }
        let safe: Vec<&Member> = counted.into_iter().filter(|one| !one.at_risk).collect();
        let mut counts = zones::counts(self.group, safe.iter().copied());
        let mut on_demand: u32 =
            safe.iter().filter(|one| one.market == Market::OnDemand).map(|member| member.weight).sum();
        let (weight, mut missing) = (weight(self.group), missing);
        while missing > 0 && self.plan.launches.len() < LAUNCHES_AT_ONCE {
            let Some(zone) = zones::next(self.group, &counts, self.now) else { return };
            counts
                .entry(self.group.zones.iter().find(|one| **one == zone).map_or("", |one| one))
                .and_modify(|n| *n += 1);
            let market = self.market(on_demand, self.group.desired);
            on_demand += if market == Market::OnDemand { weight } else { 0 };
            let subnet = self.subnet(&zone);
            self.plan.launches.push(Launch {
                zone,
                subnet,
                market,
                weight,
                warmed: false,
                surplus: true,
                rebalances: true,
            });
            missing = missing.saturating_sub(weight);
        }
    }

    fn wait_until(&mut self, moment: Option<Timestamp>) {
        self.plan.wait = [self.plan.wait, moment].into_iter().flatten().min();
    }

    fn match_desired(&mut self) {
        let counted = self.counted();
        let goal = self.group.desired + self.group.extra;
        let replaces_sick = self.replaces_sick();
        let is_use = |member: &&Member| member.health == Health::Healthy || !replaces_sick;
        let have: u32 = counted.iter().filter(|member| is_use(member)).map(|member| member.weight).sum();
        let all: u32 = counted.iter().map(|member| member.weight).sum();
        let on_top: u32 = counted.iter().filter(|member| member.surplus).map(|member| member.weight).sum();
        if have < goal {
            let room = self.group.maintenance.map_or(goal, |bounds| most(goal, bounds)).saturating_sub(all);
            let missing = if all > have { (goal - have).min(room) } else { goal - have };
            let left = self.draw(missing);
            self.launch_missing(left, all);
        } else if all > goal + on_top && self.may(Process::Terminate) {
            let excess = all - goal - on_top;
            for key in victims::choose(self.group, &counted, excess, self.now) {
                self.doom(&key, Why::Excess);
            }
        }
    }

    /// Takes from the warm pool what is there, first from where fewest serve: else the balance would be sought again by
    /// launching one elsewhere. Returns what is still missing.
    fn draw(&mut self, mut missing: u32) -> u32 {
        if !self.may(Process::Launch) {
            return missing;
        }
        let counted = self.counted();
        let mut counts = zones::counts(self.group, counted.iter().copied());
        let ready = self.members.iter().filter(|one| matches!(one.phase, Phase::Running | Phase::Stopped));
        let mut ready: Vec<&Member> = ready.collect();
        while missing > 0 {
            // In a zone that the group is not in any more there is nothing to balance.
            let serving = |member: &Member| counts.get(member.zone.as_str()).copied().unwrap_or(usize::MAX);
            let Some(at) = (0..ready.len()).min_by_key(|at| serving(ready[*at])) else { break };
            let member = ready.remove(at);
            if let Some(count) = counts.get_mut(member.zone.as_str()) {
                *count += 1;
            }
            self.plan.drawn.push(member.key.clone());
            missing = missing.saturating_sub(member.weight);
        }
        missing
    }

    fn launch_missing(&mut self, mut missing: u32, have: u32) {
        if missing == 0 || !self.may(Process::Launch) {
            return;
        }
        if let Some(until) = self.group.launch_pause(self.now) {
            self.wait_until(Some(until));
            return;
        }
        let counted = self.counted();
        let mut counts = zones::counts(self.group, counted.iter().copied());
        let weight = weight(self.group);
        let mut on_demand: u32 =
            counted.iter().filter(|one| one.market == Market::OnDemand).map(|member| member.weight).sum();
        while missing > 0 && self.plan.launches.len() < LAUNCHES_AT_ONCE {
            let Some(zone) = zones::next(self.group, &counts, self.now) else { return };
            counts
                .entry(self.group.zones.iter().find(|one| **one == zone).map_or("", |one| one))
                .and_modify(|n| *n += 1);
            let market = self.market(on_demand, have.max(self.group.desired));
            on_demand += if market == Market::OnDemand { weight } else { 0 };
            let subnet = self.subnet(&zone);
            self.plan.launches.push(Launch {
                zone,
                subnet,
                market,
                weight,
                warmed: false,
                surplus: false,
                rebalances: false,
            });
            missing = missing.saturating_sub(weight);
        }
    }

    fn market(&self, on_demand: u32, total: u32) -> Market {
        match self.group.launches_from() {
            crate::model::LaunchSource::Mixed(policy) => policy.market(on_demand, total),
            _ => Market::OnDemand,
        }
    }

    /// The subnet for one more instance in the zone, those that are planned already counted.
    fn subnet(&self, zone: &str) -> Option<String> {
        let planned = self.plan.launches.iter().filter(|launch| launch.zone == zone).count();
        let here = self.group.subnets.iter().filter(|(_, its)| its == zone).count().max(1);
        let first = zones::subnet(self.group, zone, self.members.iter())?;
        let named: Vec<&String> =
            self.group.subnets.iter().filter(|(_, its)| its == zone).map(|(subnet, _)| subnet).collect();
        let start = named.iter().position(|subnet| **subnet == first).unwrap_or(0);
        named.get((start + planned) % here).map(|subnet| (*subnet).clone())
    }

    /// Launches where there are fewest, when nothing else is under way; when that one serves, one goes where there are
    /// most.
    fn balance(&mut self) {
        let is_idle = self.plan.launches.is_empty() && self.plan.doomed.is_empty() && self.plan.drawn.is_empty();
        let may = [Process::AZRebalance, Process::Launch, Process::Terminate].into_iter().all(|one| self.may(one));
        let moving = self.members.iter().any(|one| !one.warmed && (one.phase.is_ending() || one.phase.is_pending()));
        if !is_idle || !may || moving || self.group.extra > 0 || self.group.launch_pause(self.now).is_some() {
            return;
        }
        let counted = self.counted();
        if let Some(zone) = zones::lagging(self.group, &counted, self.now) {
            let subnet = self.subnet(&zone);
            // It is bought as the one is that goes for it, so that the shares stay.
            let leaves = victims::choose(self.group, &counted, 1, self.now);
            let leaves = counted.iter().find(|member| leaves.contains(&member.key));
            let (market, weight) = (leaves.map_or(Market::OnDemand, |member| member.market), weight(self.group));
            self.plan.launches.push(Launch {
                zone,
                subnet,
                market,
                weight,
                warmed: false,
                surplus: true,
                rebalances: false,
            });
        }
    }

    /// How many are on their way from service back to the pool, or are to go it now.
    fn returning(&self) -> usize {
        let doomed = &self.plan.doomed;
        let goes = |member: &Member| {
            let is_chosen = doomed.iter().any(|one| one.key == member.key && one.why == Why::Excess);
            (is_chosen && member.phase == Phase::InService) || (member.phase.is_ending() && member.reusable)
        };
        self.members.iter().filter(|one| !one.warmed && one.health == Health::Healthy && goes(one)).count()
    }

    fn keep_pool(&mut self) {
        let drawn = &self.plan.drawn;
        let is_pooled = |one: &&Member| one.warmed && !one.phase.is_ending() && !drawn.contains(&one.key);
        let pooled: Vec<&Member> = self.members.iter().filter(is_pooled).collect();
        let Some(pool) = &self.group.warm_pool else {
            return pooled.iter().for_each(|member| self.doom(&member.key, Why::Pool));
        };
        let wanted = usize::try_from(pool.wanted(self.group.desired, self.group.max)).unwrap_or(usize::MAX);
        if pooled.len() > wanted && self.may(Process::Terminate) {
            pooled[wanted..].iter().for_each(|member| self.doom(&member.key, Why::Pool));
            return;
        }
        if !self.may(Process::Launch) {
            return;
        }
        // Those that come back fill it as well.
        let filled = pooled.len() + if pool.reuse { self.returning() } else { 0 };
        if let Some(until) = self.group.launch_pause(self.now).filter(|_| filled < wanted) {
            return self.wait_until(Some(until));
        }
        let mut counts = zones::counts(self.group, pooled.iter().copied());
        for _ in filled..wanted.min(filled + LAUNCHES_AT_ONCE) {
            let Some(zone) = zones::next(self.group, &counts, self.now) else { return };
            counts
                .entry(self.group.zones.iter().find(|one| **one == zone).map_or("", |one| one))
                .and_modify(|n| *n += 1);
            let (subnet, weight) = (self.subnet(&zone), weight(self.group));
            let market = Market::OnDemand;
            self.plan.launches.push(Launch {
                zone,
                subnet,
                market,
                weight,
                warmed: true,
                surplus: false,
                rebalances: false,
            });
        }
    }
}

/// What the preferred choice weighs.
fn weight(group: &Group) -> u32 {
    group.launches_from().choices().first().map(Override::weight).unwrap_or(1)
}

impl Override {
    fn weight(&self) -> u32 {
        self.weight.unwrap_or(1)
    }
}

/// So many percent, rounded up.
pub(crate) fn share(of: u32, percent: u32) -> u32 {
    u32::try_from((u64::from(of) * u64::from(percent)).div_ceil(100)).unwrap_or(u32::MAX)
}

/// How much capacity there may be while some of it is replaced.
fn most(desired: u32, bounds: Maintenance) -> u32 {
    share(desired, bounds.max_healthy).max(desired)
}

#[cfg(test)]
mod tests;
