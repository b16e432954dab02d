//! Why things happen, in the words that users of Auto Scaling search for. Each sentence begins with its moment.

use jiff::Timestamp;

use super::capacity::Why;
use crate::model::Group;
use crate::times::moment;

/// `At …Z WHAT.`
pub(crate) fn at(now: Timestamp, what: impl std::fmt::Display) -> String {
    format!("At {} {what}.", moment(now))
}

/// Sentences of one cause.
pub(crate) fn join(sentences: impl IntoIterator<Item = String>) -> String {
    sentences.into_iter().collect::<Vec<_>>().join("  ")
}

pub(crate) fn created(now: Timestamp, desired: u32) -> String {
    at(
        now,
        format_args!("a user request created an AutoScalingGroup changing the desired capacity from 0 to {desired}"),
    )
}

pub(crate) fn updated(now: Timestamp, group: &Group, before: u32, who: &str) -> String {
    let Group { min, max, desired, .. } = group;
    at(
        now,
        format_args!(
            "{who} of AutoScalingGroup constraints to min: {min}, max: {max}, desired: {desired} changing the desired \
             capacity from {before} to {desired}"
        ),
    )
}

pub(crate) fn set_desired(now: Timestamp, before: u32, after: u32) -> String {
    at(
        now,
        format_args!(
            "a user request explicitly set group desired capacity changing the desired capacity from {before} to {after}"
        ),
    )
}

pub(crate) fn alarmed(now: Timestamp, alarm: &str, policy: &str, before: u32, after: u32) -> String {
    at(
        now,
        format_args!(
            "a monitor alarm {alarm} in state ALARM triggered policy {policy} changing the desired capacity from {before} \
             to {after}"
        ),
    )
}

pub(crate) fn executed(now: Timestamp, policy: &str, before: u32, after: u32) -> String {
    at(
        now,
        format_args!("a user request executed policy {policy} changing the desired capacity from {before} to {after}"),
    )
}

/// An instance is started; `from` to `to`: the capacity before and after.
pub(crate) fn started(now: Timestamp, from: u32, to: u32) -> String {
    at(
        now,
        format_args!(
            "an instance was started in response to a difference between desired and actual capacity, increasing the \
             capacity from {from} to {to}"
        ),
    )
}

pub(crate) fn rebalancing(now: Timestamp, zone: &str) -> String {
    at(now, format_args!("an instance was launched in the Availability Zone {zone} to rebalance the group's zones"))
}

pub(crate) fn relieving(now: Timestamp) -> String {
    at(now, "an instance was launched in response to an EC2 instance rebalance recommendation")
}

pub(crate) fn pooled(now: Timestamp) -> String {
    at(now, "an instance was started in response to a difference between the desired and actual size of the warm pool")
}

pub(crate) fn drawn(now: Timestamp, from: u32, to: u32) -> String {
    at(
        now,
        format_args!(
            "an instance was moved from the warm pool in response to a difference between desired and actual capacity, \
             increasing the capacity from {from} to {to}"
        ),
    )
}

/// Why an instance ends.
pub(crate) fn ended(now: Timestamp, why: Why, instance: &str, from: u32, to: u32) -> Vec<String> {
    let out = "an instance was taken out of service in response to";
    match why {
        Why::Excess => vec![
            at(
                now,
                format_args!(
                    "{out} a difference between desired and actual capacity, shrinking the capacity from {from} to {to}"
                ),
            ),
            at(now, format_args!("instance {instance} was selected for termination")),
        ],
        Why::Lifetime => {
            vec![at(now, format_args!("{out} its age, which exceeds the group's maximum instance lifetime"))]
        }
        Why::Rebalanced => vec![at(now, format_args!("{out} an EC2 instance rebalance recommendation"))],
        Why::Deleted => vec![at(now, format_args!("{out} a user request deleting the AutoScalingGroup by force"))],
        Why::Pool => {
            vec![at(now, format_args!("instance {instance} was taken out of the warm pool, which has too many"))]
        }
        // Whoever found it sick said why.
        Why::Unhealthy => Vec::new(),
    }
}

/// What a health check says about an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    NotRunning,
    Impaired,
    Elb,
    User,
}

pub(crate) fn unhealthy(now: Timestamp, finding: Finding) -> String {
    let why = match finding {
        Finding::NotRunning => "an EC2 health check indicating it has been terminated or stopped",
        Finding::Impaired => "an EC2 instance status checks failure",
        Finding::Elb => "an ELB system health check failure",
        Finding::User => "a user health-check",
    };
    at(now, format_args!("an instance was taken out of service in response to {why}"))
}

pub(crate) fn requested_end(now: Timestamp, instance: &str, shrinks: Option<(u32, u32)>) -> String {
    let request = format!("instance {instance} was taken out of service in response to a user request");
    match shrinks {
        Some((from, to)) => at(now, format_args!("{request}, shrinking the capacity from {from} to {to}")),
        None => at(now, request),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_as_users_know_them() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(
            join([created(now, 2), started(now, 0, 2)]),
            "At 1970-01-01T00:00:00Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 2.  \
             At 1970-01-01T00:00:00Z an instance was started in response to a difference between desired and actual \
             capacity, increasing the capacity from 0 to 2."
        );
    }
}
