use proptest::prelude::*;

use super::*;
use crate::model::{PoolState, WarmPool};
use crate::plan::testing::{group, member, now};

fn zones_of(plan: &Plan) -> Vec<&str> {
    plan.launches.iter().map(|launch| launch.zone.as_str()).collect()
}

fn doomed(plan: &Plan) -> Vec<(&str, Why)> {
    plan.doomed.iter().map(|doomed| (doomed.key.as_str(), doomed.why)).collect()
}

#[test]
fn what_is_missing_is_launched_across_the_zones() {
    let made = plan(&group(0, 9, 4), &[member("1", "b")], now());
    assert_eq!(zones_of(&made), ["a", "c", "a"]);
    assert!(made.doomed.is_empty());
}

#[test]
fn the_sick_are_replaced_at_once() {
    let sick = Member { health: Health::Unhealthy, ..member("1", "a") };
    let made = plan(&group(0, 9, 2), &[sick.clone(), member("2", "b")], now());
    assert_eq!(doomed(&made), [("1", Why::Unhealthy)]);
    assert_eq!(zones_of(&made), ["a"]);

    let mut suspended = group(0, 9, 2);
    suspended.suspended.insert(Process::ReplaceUnhealthy, String::new());
    assert_eq!(plan(&suspended, &[sick, member("2", "b")], now()), Plan::default());
}

#[test]
fn a_maintenance_policy_lets_the_replacement_serve_first() {
    let mut group = group(0, 9, 2);
    group.maintenance = Some(Maintenance { min_healthy: 100, max_healthy: 150 });
    let sick = Member { health: Health::Unhealthy, ..member("1", "a") };
    let made = plan(&group, &[sick.clone(), member("2", "b")], now());
    assert_eq!((doomed(&made).len(), made.launches.len()), (0, 1));
    let made = plan(&group, &[sick, member("2", "b"), member("3", "a")], now());
    assert_eq!(doomed(&made), [("1", Why::Unhealthy)]);
    assert!(made.launches.is_empty());
}

#[test]
fn a_pause_after_failures_is_kept() {
    let mut group = group(0, 9, 1);
    group.note_failed_launch(now());
    let made = plan(&group, &[], now());
    assert!(made.launches.is_empty());
    assert_eq!(made.wait, group.backoff.map(|backoff| backoff.until));
}

#[test]
fn balance_comes_by_one_more_and_one_less() {
    let group = group(0, 9, 3);
    let mut members = vec![member("1", "a"), member("2", "a"), member("3", "b")];
    let made = plan(&group, &members, now());
    assert!(made.launches[0].surplus && zones_of(&made) == ["c"]);
    members.push(Member { phase: Phase::Pending, surplus: true, ..member("4", "c") });
    assert_eq!(plan(&group, &members, now()), Plan::default());
    members[3] = member("4", "c");
    assert_eq!(doomed(&plan(&group, &members, now())), [("1", Why::Excess)]);
}

#[test]
fn old_instances_go_a_few_at_a_time() {
    let mut group = group(0, 9, 3);
    group.max_lifetime = Some(60);
    let members = [member("1", "a"), member("2", "b"), member("3", "c")];
    assert_eq!(plan(&group, &members, now()).wait, Some(later(now(), 60)));
    assert_eq!(doomed(&plan(&group, &members, later(now(), 61))), [("1", Why::Lifetime)]);
}

#[test]
fn who_waits_where_fewest_serve_is_drawn_first() {
    let mut group = group(1, 4, 3);
    group.warm_pool =
        Some(WarmPool { max_prepared: None, min_size: 0, state: PoolState::Stopped, reuse: false, deleting: false });
    let pooled = |key: &str, zone: &str| Member { phase: Phase::Stopped, warmed: true, ..member(key, zone) };
    let members = [member("1", "a"), pooled("7", "a"), pooled("8", "b"), pooled("9", "c")];
    assert_eq!(plan(&group, &members, now()).drawn, ["8", "9"]);
}

#[test]
fn who_returns_fills_the_pool() {
    let mut group = group(0, 3, 1);
    group.warm_pool =
        Some(WarmPool { max_prepared: None, min_size: 0, state: PoolState::Stopped, reuse: true, deleting: false });
    let pooled = Member { phase: Phase::Stopped, warmed: true, ..member("9", "c") };
    let made = plan(&group, &[member("1", "a"), member("2", "b"), pooled.clone()], now());
    assert_eq!((made.doomed.len(), made.launches), (1, vec![]));
    let on_its_way = Member { phase: Phase::Terminating, reusable: true, ..member("2", "b") };
    assert_eq!(plan(&group, &[member("1", "a"), on_its_way, pooled], now()).launches, []);
}

#[test]
fn the_pool_is_drawn_from_and_filled() {
    let mut group = group(0, 3, 2);
    group.warm_pool =
        Some(WarmPool { max_prepared: None, min_size: 0, state: PoolState::Stopped, reuse: false, deleting: false });
    let pooled = Member { phase: Phase::Stopped, warmed: true, ..member("9", "a") };
    let made = plan(&group, &[member("1", "b"), pooled], now());
    assert_eq!(made.drawn, ["9"]);
    assert_eq!(made.launches.iter().map(|launch| launch.warmed).collect::<Vec<_>>(), [true]);
}

proptest! {
    #[test]
    fn doing_what_is_planned_leads_to_the_desired_capacity(
        desired in 0u32..12,
        start in prop::collection::vec((0usize..4, any::<bool>(), any::<bool>()), 0..12),
    ) {
        let group = group(0, 20, desired);
        let mut members: Vec<Member> = start
            .into_iter()
            .enumerate()
            .map(|(n, (zone, sick, protected))| Member {
                health: if sick { Health::Unhealthy } else { Health::Healthy },
                protected,
                ..member(&n.to_string(), ["a", "b", "c", "elsewhere"][zone])
            })
            .collect();
        let mut next = 100;
        for _ in 0..60 {
            let made = plan(&group, &members, now());
            if made == Plan::default() {
                break;
            }
            members.retain(|member| !made.doomed.iter().any(|doomed| doomed.key == member.key));
            for launch in made.launches {
                next += 1;
                members.push(member(&next.to_string(), &launch.zone));
            }
        }
        prop_assert_eq!(plan(&group, &members, now()), Plan::default());
        let protected = members.iter().filter(|member| member.protected).count();
        prop_assert!(members.len() == desired as usize || (members.len() > desired as usize && members.len() == protected));
    }
}
