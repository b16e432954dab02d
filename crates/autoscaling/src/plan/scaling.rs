//! What policies make of a capacity and a measurement (*User guide, Dynamic scaling*).

use crate::model::{Adjustment, AdjustmentType, Policy, Rule, Step, Tracking};

/// What a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Situation {
    pub min: u32,
    pub max: u32,
    pub desired: u32,
    /// Capacity that serves, what warms up left aside.
    pub serving: u32,
    /// Capacity that is launched and not yet warm.
    pub warming: u32,
    /// What the alarm measured.
    pub metric: Option<f64>,
    /// What the alarm compares with.
    pub threshold: Option<f64>,
}

/// The capacity that the policy asks for; `None` where it asks for none.
pub(crate) fn decide(policy: &Policy, situation: &Situation) -> Option<u32> {
    let wanted = match &policy.rule {
        Rule::Simple { adjustment, by, .. } => adjust(*adjustment, *by, situation.desired),
        Rule::Step { adjustment, steps, .. } => by_step(*adjustment, steps, situation)?,
        Rule::Tracking(tracking) => track(tracking, situation)?,
    };
    let wanted = u32::try_from(wanted.max(0)).unwrap_or(u32::MAX).clamp(situation.min, situation.max);
    (wanted != situation.desired).then_some(wanted)
}

/// A simple adjustment.
fn adjust(adjustment: Adjustment, by: i32, current: u32) -> i64 {
    let current = i64::from(current);
    match adjustment.kind {
        AdjustmentType::Exact => i64::from(by),
        AdjustmentType::Change => current + i64::from(by),
        AdjustmentType::Percent => {
            let exact = current * i64::from(by);
            // Towards zero, but never to it.
            let change = match exact / 100 {
                0 => exact.signum(),
                whole => whole,
            };
            let least = i64::from(adjustment.min_magnitude.unwrap_or(0));
            let direction = if by < 0 { -1 } else { 1 };
            current + if change.abs() < least { direction * least } else { change }
        }
    }
}

/// What warms up counts for the step that launched it: a step out is counted from what was before, and no step in is
/// taken meanwhile (*User guide, Step scaling: instance warmup*).
fn by_step(adjustment: Adjustment, steps: &[Step], situation: &Situation) -> Option<i64> {
    let beyond = situation.metric? - situation.threshold?;
    let step = steps.iter().find(|step| step.holds(beyond))?;
    let base = situation.desired.saturating_sub(situation.warming);
    let wanted = adjust(adjustment, step.by, base);
    let desired = i64::from(situation.desired);
    if wanted >= i64::from(base) {
        return Some(wanted.max(desired));
    }
    (situation.warming == 0).then_some(wanted.min(desired))
}

/// In proportion, rounded up: out to what brings the metric to its target or just below, in to no less than that.
fn track(tracking: &Tracking, situation: &Situation) -> Option<i64> {
    let metric = situation.metric.filter(|metric| metric.is_finite() && *metric >= 0.0)?;
    // Where nothing is warm yet, what is measured can only be of what warms up.
    let serving = if situation.serving == 0 { situation.desired } else { situation.serving };
    let exact = (f64::from(serving) * metric / tracking.target).min(f64::from(u32::MAX));
    // What differs only by the arithmetic is no reason for one more.
    let wanted = (exact - 1e-9).ceil().max(0.0) as i64;
    let desired = i64::from(situation.desired);
    if metric > tracking.target {
        return Some(wanted.max(desired));
    }
    let may_shrink = !tracking.disable_scale_in && situation.warming == 0;
    (may_shrink && wanted < desired).then_some(wanted)
}

impl Step {
    fn holds(&self, beyond: f64) -> bool {
        let (lower, upper) = (self.lower.unwrap_or(f64::NEG_INFINITY), self.upper.unwrap_or(f64::INFINITY));
        if beyond >= 0.0 { lower <= beyond && beyond < upper } else { lower < beyond && beyond <= upper }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::TrackedMetric;

    fn situation(desired: u32) -> Situation {
        Situation { min: 0, max: 100, desired, serving: desired, warming: 0, metric: None, threshold: None }
    }

    fn policy(rule: Rule) -> Policy {
        Policy {
            arn: String::new(),
            account: String::new(),
            group: String::new(),
            group_name: String::new(),
            name: String::new(),
            enabled: true,
            rule,
            alarms: Vec::new(),
        }
    }

    fn tracking(target: f64) -> Policy {
        let metric = TrackedMetric::Predefined { kind: "ASGAverageCPUUtilization".into(), label: None };
        policy(Rule::Tracking(Tracking { metric, target, disable_scale_in: false, warmup: None }))
    }

    fn percent(by: i32, min_magnitude: Option<u32>, current: u32) -> i64 {
        adjust(Adjustment { kind: AdjustmentType::Percent, min_magnitude }, by, current)
    }

    #[test]
    fn percentages_are_rounded_as_the_guide_says() {
        assert_eq!(percent(127, None, 10), 22);
        assert_eq!(percent(1, None, 10), 11);
        assert_eq!(percent(-1, None, 10), 9);
        assert_eq!(percent(-67, None, 10), 4);
        assert_eq!(percent(25, Some(2), 4), 6);
        assert_eq!(percent(-10, Some(2), 10), 8);
    }

    #[test]
    fn steps_are_chosen_by_what_is_beyond_the_threshold_and_do_not_add_up() {
        let adjustment = Adjustment { kind: AdjustmentType::Percent, min_magnitude: None };
        let step = |lower, upper, by| Step { lower, upper, by };
        let steps = vec![
            step(Some(0.0), Some(10.0), 0),
            step(Some(10.0), Some(20.0), 10),
            step(Some(20.0), None, 30),
            step(Some(-10.0), Some(0.0), 0),
            step(None, Some(-10.0), -10),
        ];
        let policy = policy(Rule::Step { adjustment, steps, aggregation: "Average".into(), warmup: None });
        let at = |metric: f64, desired, warming| {
            decide(&policy, &Situation { metric: Some(metric), threshold: Some(50.0), warming, ..situation(desired) })
        };
        // The guide's example: 10, then 11 with one warming, then 13 and not 14.
        assert_eq!(at(60.0, 10, 0), Some(11));
        assert_eq!(at(70.0, 11, 1), Some(13));
        assert_eq!(at(55.0, 10, 0), None);
        assert_eq!(at(40.0, 10, 0), Some(9));
        assert_eq!(at(40.0, 10, 2), None);
    }

    #[test]
    fn tracking_is_in_proportion_and_rounds_up() {
        let at =
            |metric: f64, desired| decide(&tracking(50.0), &Situation { metric: Some(metric), ..situation(desired) });
        assert_eq!(at(100.0, 2), Some(4));
        assert_eq!(at(51.0, 2), Some(3));
        assert_eq!(at(50.0, 2), None);
        assert_eq!(at(30.0, 4), Some(3));
        assert_eq!(at(45.0, 4), None);
        assert_eq!(at(0.0, 4), Some(0));
    }

    proptest! {
        #[test]
        fn tracking_never_leaves_the_bounds_nor_shrinks_above_its_target(
            metric in 0.0f64..1000.0, target in 1.0f64..100.0, min in 0u32..5, more in 0u32..20, desired in 0u32..25,
            warming in 0u32..3,
        ) {
            let situation = Situation { min, max: min + more, warming, metric: Some(metric), ..situation(desired) };
            if let Some(wanted) = decide(&tracking(target), &situation) {
                prop_assert!((min..=min + more).contains(&wanted));
                if wanted < desired && desired <= min + more {
                    prop_assert!(metric <= target && warming == 0);
                    prop_assert!(wanted == min || f64::from(wanted) * target + 1e-6 >= f64::from(desired) * metric);
                }
            }
        }
    }
}
