//! Balance across zones.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Group, Member};

/// How many of `members` are in each of the group's zones. Those that are elsewhere are not counted.
pub(crate) fn counts<'a>(group: &'a Group, members: impl Iterator<Item = &'a Member>) -> BTreeMap<&'a str, usize> {
    let mut counts: BTreeMap<&str, usize> = group.zones.iter().map(|zone| (zone.as_str(), 0)).collect();
    for member in members {
        if let Some(count) = counts.get_mut(member.zone.as_str()) {
            *count += 1;
        }
    }
    counts
}

/// Where the next instance goes: the zone with the fewest, the first of them by name. Zones in which nothing could be
/// launched lately are left out, unless there is no other or the group insists on its balance.
pub(crate) fn next(group: &Group, counts: &BTreeMap<&str, usize>, now: Timestamp) -> Option<String> {
    let is_open = |zone: &str| group.avoided.get(zone).is_none_or(|until| *until <= now);
    let fewest = |only_open: bool| {
        let open = counts.iter().filter(|(zone, _)| !only_open || is_open(zone));
        open.min_by_key(|(zone, count)| (**count, **zone)).map(|(zone, _)| (*zone).to_owned())
    };
    if group.balanced_only { fewest(false) } else { fewest(true).or_else(|| fewest(false)) }
}

/// The zone to launch in and whether the balance is worth it: some zone has two more than another, or there are
/// instances where the group is not any more (*User guide, Rebalancing activities*).
pub(crate) fn lagging(group: &Group, members: &[&Member], now: Timestamp) -> Option<String> {
    let counts = counts(group, members.iter().copied());
    let strays = members.iter().any(|member| !counts.contains_key(member.zone.as_str()) && !member.protected);
    let (fewest, most) = (counts.values().min()?, counts.values().max()?);
    let is_full = |zone: &str| counts.get(zone) == Some(most);
    let may_go = members.iter().any(|member| is_full(&member.zone) && !member.protected);
    let zone = next(group, &counts, now)?;
    let helps = counts.get(zone.as_str()) == Some(fewest) && group.avoided.get(&zone).is_none_or(|until| *until <= now);
    (helps && (strays || (most - fewest >= 2 && may_go))).then_some(zone)
}

/// The subnet of the zone that has the fewest of `members`; `None` where the group names no subnets.
pub(crate) fn subnet<'a>(group: &Group, zone: &str, members: impl Iterator<Item = &'a Member>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for member in members {
        if let Some(subnet) = &member.subnet {
            *counts.entry(subnet).or_default() += 1;
        }
    }
    let here = group.subnets.iter().filter(|(_, its)| its == zone).map(|(subnet, _)| subnet);
    here.min_by_key(|subnet| counts.get(subnet.as_str()).copied().unwrap_or(0)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{group, member, now};

    #[test]
    fn the_emptiest_zone_is_next_and_a_full_one_is_passed_over() {
        let mut group = group(0, 9, 4);
        let members = [member("1", "a"), member("2", "a"), member("3", "b")];
        assert_eq!(next(&group, &counts(&group, members.iter()), now()).as_deref(), Some("c"));
        group.avoided.insert("c".into(), Timestamp::MAX);
        assert_eq!(next(&group, &counts(&group, members.iter()), now()).as_deref(), Some("b"));
        group.balanced_only = true;
        assert_eq!(next(&group, &counts(&group, members.iter()), now()).as_deref(), Some("c"));
    }

    #[test]
    fn balance_is_sought_where_it_can_be_had() {
        let group = group(0, 9, 3);
        let (one, two, three) = (member("1", "a"), member("2", "a"), member("3", "b"));
        assert_eq!(lagging(&group, &[&one, &two, &three], now()).as_deref(), Some("c"));
        assert_eq!(lagging(&group, &[&one, &three], now()), None);
        let [mut one, mut two] = [one, two];
        (one.protected, two.protected) = (true, true);
        assert_eq!(lagging(&group, &[&one, &two, &three], now()), None);
        assert_eq!(lagging(&group, &[&member("9", "elsewhere")], now()).as_deref(), Some("a"));
    }
}
