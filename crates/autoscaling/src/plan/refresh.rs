//! How an instance refresh goes on.

use jiff::Timestamp;

use super::capacity::share;
use crate::model::{Member, Phase, Progress, Refresh, RefreshStatus};

/// What the next step of a refresh is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// These members end now.
    Replace(Vec<String>),
    /// So much more than is desired is launched before others end.
    Widen(u32),
    /// Nothing to do before something changes, or until then.
    Wait(Option<Timestamp>),
    /// A checkpoint is reached.
    Pause,
    /// All are replaced.
    Done,
}

/// Decides for a refresh that is at work, with all members of its group and the group's desired capacity.
pub(crate) fn turn(refresh: &Refresh, members: &[Member], desired: u32, warmup: u32, now: Timestamp) -> Turn {
    if let Some(until) = refresh.waits_until.filter(|until| now < *until) {
        return Turn::Wait(Some(until));
    }
    let is_old = |member: &&Member| refresh.doomed.contains(&member.key);
    let old: Vec<&Member> = members.iter().filter(is_old).filter(|one| !one.phase.is_ending()).collect();
    let warm: Vec<&Member> =
        members.iter().filter(|one| one.serves() && !is_new_and_cold(refresh, one, warmup, now)).collect();
    let serving: u32 = warm.iter().map(|member| member.weight).sum();
    let least = share(desired, refresh.preferences.min_healthy);
    let checkpoint = next_checkpoint(refresh);
    if checkpoint.is_some_and(|percent| refresh.progress.percentage() >= percent)
        && serving >= desired.min(least.max(1))
    {
        return Turn::Pause;
    }
    let ready: Vec<&Member> = old.iter().copied().filter(|member| may_go(refresh, member)).collect();
    if old.is_empty() {
        // The last ones must serve and be warm as well.
        let missing =
            members.iter().any(|one| one.counts() && (!one.serves() || is_new_and_cold(refresh, one, warmup, now)));
        return if missing || serving < desired {
            Turn::Wait(warm_at(refresh, members, warmup, now))
        } else {
            Turn::Done
        };
    }
    let room = serving.saturating_sub(least);
    let budget = checkpoint
        .map_or(u32::MAX, |percent| share(refresh.progress.total, percent).saturating_sub(gone(refresh, members)));
    let wide = share(desired, refresh.preferences.max_healthy);
    let extra = wide.saturating_sub(desired).min(u32::try_from(old.len()).unwrap_or(u32::MAX));
    // One at least goes, where the bounds leave no room at all and nothing is under way.
    let is_idle = members.iter().all(|member| !member.phase.is_ending() && !member.phase.is_pending());
    let count = if room == 0 && is_idle && extra == 0 && serving >= desired { 1 } else { room };
    let going = take(&ready, count, budget);
    if !going.is_empty() {
        return Turn::Replace(going);
    }
    if extra > 0 { Turn::Widen(extra) } else { Turn::Wait(warm_at(refresh, members, warmup, now)) }
}

/// The first of them, at most so many, that together are no more capacity than that; but one at least.
fn take(ready: &[&Member], capacity: u32, count: u32) -> Vec<String> {
    let (mut left, mut taken) = (capacity, Vec::new());
    for member in ready.iter().take(usize::try_from(count).unwrap_or(usize::MAX)) {
        if left == 0 || (member.weight > left && !taken.is_empty()) {
            break;
        }
        left = left.saturating_sub(member.weight);
        taken.push(member.key.clone());
    }
    taken
}

/// Instances that are to be replaced may be left out, or waited for, as the preferences say.
fn may_go(refresh: &Refresh, member: &Member) -> bool {
    let preferences = &refresh.preferences;
    let protected = member.protected && preferences.protected != "Refresh";
    let standby = member.phase == Phase::Standby && preferences.standby != "Terminate";
    !protected && !standby
}

fn is_new_and_cold(refresh: &Refresh, member: &Member, warmup: u32, now: Timestamp) -> bool {
    let begin = refresh.rollback.as_ref().map_or(refresh.start, |rollback| rollback.start);
    let is_new = !refresh.doomed.contains(&member.key) && member.created >= begin;
    is_new && member.in_service_since.is_some_and(|since| now < crate::model::later(since, warmup))
}

fn warm_at(refresh: &Refresh, members: &[Member], warmup: u32, now: Timestamp) -> Option<Timestamp> {
    let cold = members.iter().filter(|member| is_new_and_cold(refresh, member, warmup, now));
    cold.filter_map(|member| member.in_service_since).map(|since| crate::model::later(since, warmup)).min()
}

/// The checkpoint that comes next; 100 is the end, where nothing is waited for but by the last checkpoint itself.
fn next_checkpoint(refresh: &Refresh) -> Option<u32> {
    refresh.preferences.checkpoints.get(refresh.checkpoints_passed).copied()
}

/// How many of those that are to be replaced are gone, or on their way out.
fn gone(refresh: &Refresh, members: &[Member]) -> u32 {
    let left = members.iter().filter(|one| refresh.doomed.contains(&one.key) && !one.phase.is_ending()).count();
    refresh.progress.total.saturating_sub(u32::try_from(left).unwrap_or(u32::MAX))
}

/// How far a refresh has come: what is to be replaced is, when it is gone and another serves in its place.
pub(crate) fn progress(refresh: &Refresh, members: &[Member], desired: u32, warmup: u32, now: Timestamp) -> Progress {
    let total = refresh.progress.total;
    let gone = gone(refresh, members);
    let is_ready = |one: &&Member| one.serves() && !is_new_and_cold(refresh, one, warmup, now);
    let serving: u32 = members.iter().filter(is_ready).map(|one| one.weight).sum();
    let replaced = gone.saturating_sub(desired.saturating_sub(serving)).max(refresh.progress.replaced);
    Progress { total, replaced: replaced.min(total) }
}

/// The end of a refresh that goes well.
pub(crate) fn success(status: RefreshStatus) -> RefreshStatus {
    match status {
        RefreshStatus::RollbackInProgress => RefreshStatus::RollbackSuccessful,
        _ => RefreshStatus::Successful,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LaunchSource, RefreshPreferences, later};
    use crate::plan::testing::{member, now, template};

    fn refresh(min_healthy: u32, max_healthy: u32, checkpoints: &[u32], doomed: &[&str]) -> Refresh {
        Refresh {
            id: "r".into(),
            account: "111122223333".into(),
            group: "111122223333/g".into(),
            group_name: "g".into(),
            status: RefreshStatus::InProgress,
            reason: None,
            start: later(now(), 1),
            end: None,
            preferences: RefreshPreferences {
                min_healthy,
                max_healthy,
                warmup: Some(0),
                checkpoints: checkpoints.to_vec(),
                checkpoint_delay: 10,
                skip_matching: false,
                auto_rollback: false,
                protected: "Refresh".into(),
                standby: "Ignore".into(),
                alarms: Vec::new(),
                bake_time: 0,
            },
            wanted: None,
            before: LaunchSource::Template(template()),
            doomed: doomed.iter().map(|key| (*key).to_owned()).collect(),
            progress: Progress { total: u32::try_from(doomed.len()).unwrap(), replaced: 0 },
            checkpoints_passed: 0,
            waits_until: None,
            rollback: None,
            serial: 0,
        }
    }

    fn fresh(key: &str) -> Member {
        Member { created: later(now(), 5), in_service_since: Some(later(now(), 6)), ..member(key, "a") }
    }

    /// Replaces as the turns say until the end; the least that served, and the most there were.
    fn run(mut refresh: Refresh, desired: u32) -> (u32, u32, usize) {
        let mut members: Vec<Member> = refresh.doomed.iter().map(|key| member(key, "a")).collect();
        let (mut least, mut most, mut pauses, mut extra, mut next) = (desired, desired, 0, 0, 0);
        for _ in 0..200 {
            refresh.progress = progress(&refresh, &members, desired, 0, later(now(), 100));
            match turn(&refresh, &members, desired, 0, later(now(), 100)) {
                Turn::Replace(keys) => members.retain(|member| !keys.contains(&member.key)),
                Turn::Widen(more) => extra = more,
                Turn::Wait(_) => panic!("it waits for ever"),
                Turn::Pause => {
                    pauses += 1;
                    refresh.checkpoints_passed += 1;
                }
                Turn::Done => return (least, most, pauses),
            }
            least = least.min(u32::try_from(members.len()).unwrap());
            while members.len() < (desired + extra) as usize {
                next += 1;
                members.push(fresh(&format!("new-{next}")));
            }
            most = most.max(u32::try_from(members.len()).unwrap());
        }
        panic!("it never ends");
    }

    #[test]
    fn no_fewer_serve_than_must_and_no_more_are_than_may() {
        assert_eq!(run(refresh(50, 100, &[], &["1", "2", "3", "4"]), 4), (2, 4, 0));
        assert_eq!(run(refresh(90, 100, &[], &["1", "2"]), 2), (1, 2, 0));
        assert_eq!(run(refresh(100, 150, &[], &["1", "2", "3", "4"]), 4).0, 4);
        assert!(run(refresh(100, 150, &[], &["1", "2", "3", "4"]), 4).1 <= 6);
    }

    #[test]
    fn checkpoints_are_paused_at() {
        assert_eq!(run(refresh(50, 100, &[25, 50, 100], &["1", "2", "3", "4"]), 4).2, 3);
    }

    #[test]
    fn the_new_ones_warm_up_first() {
        let refresh = refresh(50, 100, &[], &["1"]);
        let members = [member("1", "a"), fresh("2")];
        assert_eq!(turn(&refresh, &members, 2, 60, later(now(), 10)), Turn::Wait(Some(later(now(), 66))));
        assert_eq!(turn(&refresh, &members, 2, 60, later(now(), 66)), Turn::Replace(vec!["1".into()]));
    }
}
