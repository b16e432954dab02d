//! Which instances go when a group shrinks: from the zone that has the most, and there as the group's termination
//! policies say, one after the other until one is left (*User guide, Default termination policy*).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Group, Health, LaunchSource, Market, Member, Phase, Resolved, TerminationPolicy};

/// Seconds.
const HOUR: i64 = 3600;

/// Members to end so that the capacity shrinks by at most `excess`. Those that are protected stay.
pub(crate) fn choose(group: &Group, members: &[&Member], excess: u32, now: Timestamp) -> Vec<String> {
    let (mut left, mut excess, mut chosen) = (members.to_vec(), excess, Vec::new());
    while let Some(position) = one(group, &left, excess, now) {
        let victim = left.remove(position);
        excess -= victim.weight;
        chosen.push(victim.key.clone());
    }
    chosen
}

fn one(group: &Group, members: &[&Member], excess: u32, now: Timestamp) -> Option<usize> {
    let may_go = |member: &Member| !member.protected && !member.surplus && member.weight <= excess && member.weight > 0;
    let mut candidates: Vec<&Member> = members.iter().copied().filter(|member| may_go(member)).collect();
    // What is sick or not yet of use goes before what serves.
    keep_least(&mut candidates, |member| member.health == Health::Healthy);
    let mut per_zone: BTreeMap<&str, usize> = BTreeMap::new();
    members.iter().for_each(|member| *per_zone.entry(&member.zone).or_default() += 1);
    keep_least(&mut candidates, |member| group.zones.contains(&member.zone));
    keep_least(&mut candidates, |member| Reverse(per_zone.get(member.zone.as_str()).copied().unwrap_or(0)));
    keep_shares(group, &mut candidates, members);
    for policy in &group.termination_policies {
        narrow(&mut candidates, *policy, now);
    }
    // The guide leaves the rest to chance; what is not yet in service is missed the least.
    keep_least(&mut candidates, |member| member.phase == Phase::InService);
    let victim = candidates.first()?;
    members.iter().position(|member| member.key == victim.key)
}

/// Of a mixed policy's two ways to buy, the one of which there is too much gives (*User guide, Default termination
/// policy*).
fn keep_shares(group: &Group, candidates: &mut Vec<&Member>, members: &[&Member]) {
    let LaunchSource::Mixed(policy) = group.launches_from() else { return };
    let total: u32 = members.iter().map(|member| member.weight).sum();
    let on_demand: u32 =
        members.iter().filter(|member| member.market == Market::OnDemand).map(|member| member.weight).sum();
    let is_too_much = u64::from(on_demand) > policy.on_demand_of(total.saturating_sub(1));
    let gives = if is_too_much { Market::OnDemand } else { Market::Spot };
    keep_least(candidates, |member| member.market != gives);
}

fn narrow(candidates: &mut Vec<&Member>, policy: TerminationPolicy, now: Timestamp) {
    match policy {
        TerminationPolicy::Default => {
            narrow(candidates, TerminationPolicy::AllocationStrategy, now);
            narrow(candidates, TerminationPolicy::OldestLaunchConfiguration, now);
            narrow(candidates, TerminationPolicy::OldestLaunchTemplate, now);
            narrow(candidates, TerminationPolicy::ClosestToNextInstanceHour, now);
        }
        // Choices are in the order of preference, so the last one goes first.
        TerminationPolicy::AllocationStrategy => keep_least(candidates, |member| Reverse(member.choice)),
        TerminationPolicy::OldestLaunchTemplate => keep_least(candidates, |member| match &member.launch {
            Some(Resolved::Template { number, .. }) => number.parse().unwrap_or(u64::MAX),
            _ => 0,
        }),
        // What has a configuration goes before what has a template, which is newer by nature.
        TerminationPolicy::OldestLaunchConfiguration => keep_least(candidates, |member| match &member.launch {
            Some(Resolved::Configuration(_)) => (0, Some(member.created)),
            _ => (1, None),
        }),
        TerminationPolicy::ClosestToNextInstanceHour => {
            keep_least(candidates, |member| HOUR - now.duration_since(member.created).as_secs().rem_euclid(HOUR));
        }
        TerminationPolicy::NewestInstance => keep_least(candidates, |member| Reverse(member.created)),
        TerminationPolicy::OldestInstance => keep_least(candidates, |member| member.created),
    }
}

/// Leaves those for which `of` is least.
fn keep_least<K: Ord>(candidates: &mut Vec<&Member>, of: impl Fn(&Member) -> K) {
    if let Some(least) = candidates.iter().map(|member| of(member)).min() {
        candidates.retain(|member| of(member) == least);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::plan::testing::{group, member, now, template};

    fn aged(key: &str, zone: &str, minutes: u64) -> Member {
        let created = now().saturating_sub(Duration::from_secs(minutes * 60)).unwrap();
        Member { created, ..member(key, zone) }
    }

    fn chosen(policies: &[TerminationPolicy], members: &[Member], excess: u32) -> Vec<String> {
        let group = Group { termination_policies: policies.to_vec(), ..group(0, 9, 0) };
        choose(&group, &members.iter().collect::<Vec<_>>(), excess, now())
    }

    #[test]
    fn the_fullest_zone_gives_first() {
        let members = [aged("1", "a", 90), aged("2", "b", 10), aged("3", "b", 20)];
        assert_eq!(chosen(&[TerminationPolicy::OldestInstance], &members, 1), ["3"]);
        assert_eq!(chosen(&[TerminationPolicy::OldestInstance], &members, 2), ["3", "1"]);
        assert_eq!(chosen(&[TerminationPolicy::NewestInstance], &members, 1), ["2"]);
    }

    #[test]
    fn protected_instances_stay() {
        let members = [Member { protected: true, ..aged("1", "a", 90) }, aged("2", "a", 10)];
        assert_eq!(chosen(&[TerminationPolicy::OldestInstance], &members, 2), ["2"]);
    }

    #[test]
    fn the_default_is_the_oldest_template_then_the_nearest_hour() {
        let of = |number: &str, member: Member| Member {
            launch: Some(Resolved::Template {
                template: template(),
                number: number.into(),
                instance_type: None,
                image: None,
            }),
            ..member
        };
        let members = [of("10", aged("1", "a", 59)), of("9", aged("2", "a", 5)), of("9", aged("3", "a", 55))];
        assert_eq!(chosen(&[TerminationPolicy::Default], &members, 1), ["3"]);
        assert_eq!(chosen(&[TerminationPolicy::OldestLaunchTemplate], &members, 2).len(), 2);
    }

    #[test]
    fn no_more_weight_goes_than_is_too_much() {
        let members = [Member { weight: 3, ..aged("1", "a", 1) }, Member { weight: 1, ..aged("2", "a", 1) }];
        assert_eq!(chosen(&[TerminationPolicy::Default], &members, 2), ["2"]);
        assert_eq!(chosen(&[TerminationPolicy::Default], &members, 4).len(), 2);
    }
}
