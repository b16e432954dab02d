//! The choice of a target for a request.

use std::sync::atomic::Ordering::Relaxed;

use rand::Rng;

use super::candidates;
use crate::config::Algorithm;
use crate::snapshot::{Group, Target};

/// `None` if the group has no target in the zone that could be tried.
pub fn for_request<'a>(
    group: &'a Group,
    zone: Option<&'a str>,
    now_millis: i64,
    random: &mut impl Rng,
) -> Option<&'a Target> {
    let all = candidates(group, zone);
    let count = all.clone().count();
    if count <= 1 {
        return all.clone().next();
    }
    match group.algorithm {
        Algorithm::RoundRobin if group.slow_start_seconds > 0 => by_share(group, all, now_millis, random),
        Algorithm::RoundRobin => all.clone().nth(group.turn.fetch_add(1, Relaxed) % count),
        Algorithm::WeightedRandom => all.clone().nth(random.random_range(0..count)),
        Algorithm::LeastOutstandingRequests => least_outstanding(all, group.turn.fetch_add(1, Relaxed) % count),
    }
}

/// Among equals the first after `start`, so that idle targets take turns.
fn least_outstanding<'a>(all: impl Iterator<Item = &'a Target> + Clone, start: usize) -> Option<&'a Target> {
    all.clone().skip(start).chain(all.take(start)).min_by_key(|target| target.live.outstanding())
}

/// Slow start: a target that has become healthy gets a share that grows linearly to a full one. If all are new, none is
/// spared (*User Guide, Slow start mode*).
fn by_share<'a>(
    group: &Group,
    all: impl Iterator<Item = &'a Target> + Clone,
    now_millis: i64,
    random: &mut impl Rng,
) -> Option<&'a Target> {
    let share = |target: &Target| share(now_millis - target.live.slow_since(), group.slow_start_seconds);
    if all.clone().all(|target| share(target) < 1.0) {
        let count = all.clone().count();
        return all.clone().nth(group.turn.fetch_add(1, Relaxed) % count.max(1));
    }
    let total: f64 = all.clone().map(share).sum();
    let mut left = random.random::<f64>() * total;
    all.clone().find(|target| {
        left -= share(target);
        left < 0.0
    })
}

/// From a twentieth, so that a new target is seen to work, to 1.
fn share(slow_millis: i64, slow_start_seconds: u32) -> f64 {
    (slow_millis as f64 / (f64::from(slow_start_seconds) * 1000.0)).clamp(0.05, 1.0)
}

/// A target to try after those in `tried` could not be reached.
pub fn untried<'a>(group: &'a Group, zone: Option<&'a str>, tried: &[u64]) -> Option<&'a Target> {
    candidates(group, zone).find(|target| !tried.contains(&target.hash))
}

/// The target that a cookie names, if it may still have the client's requests: a draining target keeps no sessions, an
/// unhealthy one only if there is nothing better.
pub fn find_by_hash<'a>(group: &'a Group, zone: Option<&'a str>, hash: u64) -> Option<&'a Target> {
    candidates(group, zone).find(|target| target.hash == hash)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::config;
    use crate::snapshot::Registry;
    use crate::status::State;

    /// A group of as many targets as there are states.
    pub fn group(algorithm: Algorithm, states: &[State]) -> Group {
        let targets = (0..states.len()).map(|n| config::Target {
            id: format!("i-{n}"),
            address: "10.0.0.1".parse().unwrap(),
            port: 80 + n as u16,
            zone: ["a", "b"][n % 2].into(),
            draining_since: None,
        });
        let from = config::tests::group("arn", algorithm, targets.collect());
        let mut registry = Registry::new(1);
        let made = Group::new(&from, true, |target| {
            let address = (target.address, target.port).into();
            registry.target(crate::snapshot::TargetKey { group: "arn".into(), id: target.id.clone(), address }, "a")
        });
        for (target, state) in made.targets.iter().zip(states) {
            target.live.set(*state, "", "", 0);
        }
        made
    }

    fn counts(group: &Group, zone: Option<&str>, draws: usize, now: i64) -> Vec<usize> {
        let mut counts = vec![0; group.targets.len()];
        for _ in 0..draws {
            if let Some(target) = for_request(group, zone, now, &mut rand::rng()) {
                counts[usize::from(target.address.port()) - 80] += 1;
            }
        }
        counts
    }

    #[test]
    fn healthy_targets_take_turns() {
        use State::*;
        let group = group(Algorithm::RoundRobin, &[Healthy, Unhealthy, Healthy, Initial]);
        assert_eq!(counts(&group, None, 10, 0), [5, 0, 5, 0]);
    }

    #[test]
    fn all_are_tried_if_none_is_healthy() {
        let group = group(Algorithm::RoundRobin, &[State::Unhealthy, State::Unhealthy]);
        assert_eq!(counts(&group, None, 10, 0), [5, 5]);
    }

    #[test]
    fn a_classic_balancer_has_nobody_if_none_is_healthy() {
        let mut group = group(Algorithm::RoundRobin, &[State::Unhealthy, State::Initial]);
        group.fails_open = false;
        assert_eq!(counts(&group, None, 10, 0), [0, 0]);
    }

    #[test]
    fn a_zone_keeps_its_requests() {
        let group = group(Algorithm::RoundRobin, &[State::Healthy; 4]);
        assert_eq!(counts(&group, Some("b"), 10, 0), [0, 5, 0, 5]);
        assert_eq!(counts(&group, Some("c"), 10, 0), [0; 4]);
    }

    #[test]
    fn the_least_busy_target_is_next() {
        let group = group(Algorithm::LeastOutstandingRequests, &[State::Healthy; 3]);
        for (target, active) in group.targets.iter().zip([3, 0, 5]) {
            target.live.active.of(0).add(active);
        }
        assert_eq!(counts(&group, None, 9, 0), [0, 9, 0]);
    }

    #[test]
    fn a_new_target_starts_slowly_beside_an_old_one() {
        let mut group = group(Algorithm::RoundRobin, &[State::Healthy; 2]);
        group.slow_start_seconds = 30;
        group.targets[1].live.starts_slowly(true);
        group.targets[1].live.set(State::Unhealthy, "", "", 0);
        group.targets[1].live.set(State::Healthy, "", "", 60_000);
        let counts = counts(&group, None, 2000, 63_000);
        assert!(counts[1] > 60 && counts[1] < 400, "{counts:?}");
    }
}
