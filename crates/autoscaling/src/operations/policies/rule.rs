//! What PutScalingPolicy says, read into what a policy does.

use freehold_api::autoscaling::{PutScalingPolicyType, StepAdjustment};

use super::tracking::tracking;
use crate::errors::{Error, Result};
use crate::model::{Adjustment, AdjustmentType, Rule, Step};
use crate::operations::check;

const SECONDS_AT_MOST: u32 = i32::MAX as u32;
/// *User guide, Quotas*
const STEPS_AT_MOST: usize = 20;

/// Reads and checks it.
pub(super) fn rule(input: &PutScalingPolicyType) -> Result<Rule> {
    match input.policy_type.as_deref().unwrap_or("SimpleScaling") {
        "SimpleScaling" => simple(input),
        "StepScaling" => step(input),
        "TargetTrackingScaling" => {
            forbid(
                "TargetTrackingScaling",
                &[
                    ("AdjustmentType", input.adjustment_type.is_some()),
                    ("ScalingAdjustment", input.scaling_adjustment.is_some()),
                    ("StepAdjustments", has_steps(input)),
                    ("Cooldown", input.cooldown.is_some()),
                    ("MetricAggregationType", input.metric_aggregation_type.is_some()),
                ],
            )?;
            Ok(Rule::Tracking(tracking(input)?))
        }
        "PredictiveScaling" => Err(Error::no_effect("PolicyType=PredictiveScaling")),
        other => Err(Error::validation(format!(
            "Invalid policy type: {other}. Valid values are: SimpleScaling, StepScaling, TargetTrackingScaling"
        ))),
    }
}

fn has_steps(input: &PutScalingPolicyType) -> bool {
    input.step_adjustments.as_ref().is_some_and(|steps| !steps.is_empty())
}

fn forbid(kind: &str, said: &[(&str, bool)]) -> Result<()> {
    match said.iter().find(|(_, said)| *said) {
        Some((name, _)) => Err(Error::validation(format!("{name} is not supported for policies of type {kind}."))),
        None => Ok(()),
    }
}

fn simple(input: &PutScalingPolicyType) -> Result<Rule> {
    forbid(
        "SimpleScaling",
        &[
            ("StepAdjustments", has_steps(input)),
            ("EstimatedInstanceWarmup", input.estimated_instance_warmup.is_some()),
            ("MetricAggregationType", input.metric_aggregation_type.is_some()),
            ("TargetTrackingConfiguration", input.target_tracking_configuration.is_some()),
            ("PredictiveScalingConfiguration", input.predictive_scaling_configuration.is_some()),
        ],
    )?;
    let by = input
        .scaling_adjustment
        .ok_or_else(|| Error::validation("ScalingAdjustment must be specified for policies of type SimpleScaling."))?;
    Ok(Rule::Simple {
        adjustment: adjustment(input)?,
        by,
        cooldown: input.cooldown.map(|seconds| check::within("Cooldown", seconds, 0, SECONDS_AT_MOST)).transpose()?,
    })
}

fn step(input: &PutScalingPolicyType) -> Result<Rule> {
    forbid(
        "StepScaling",
        &[
            ("ScalingAdjustment", input.scaling_adjustment.is_some()),
            ("Cooldown", input.cooldown.is_some()),
            ("TargetTrackingConfiguration", input.target_tracking_configuration.is_some()),
            ("PredictiveScalingConfiguration", input.predictive_scaling_configuration.is_some()),
        ],
    )?;
    let steps = input.step_adjustments.clone().unwrap_or_default();
    let aggregation = input.metric_aggregation_type.clone().unwrap_or_else(|| "Average".into());
    if !matches!(aggregation.as_str(), "Average" | "Minimum" | "Maximum") {
        return Err(Error::validation(format!(
            "Invalid metric aggregation type: {aggregation}. Valid values are: Minimum, Maximum, Average"
        )));
    }
    Ok(Rule::Step { adjustment: adjustment(input)?, steps: intervals(steps)?, aggregation, warmup: warmup(input)? })
}

pub(super) fn warmup(input: &PutScalingPolicyType) -> Result<Option<u32>> {
    let seconds = input.estimated_instance_warmup;
    seconds.map(|seconds| check::within("EstimatedInstanceWarmup", seconds, 0, SECONDS_AT_MOST)).transpose()
}

fn adjustment(input: &PutScalingPolicyType) -> Result<Adjustment> {
    let name = input.adjustment_type.as_deref().unwrap_or_default();
    let kind = AdjustmentType::parse(name).ok_or_else(|| {
        Error::validation(format!(
            "Invalid adjustment type: {name}. Valid values are: ChangeInCapacity, ExactCapacity, PercentChangeInCapacity"
        ))
    })?;
    let magnitude = input.min_adjustment_magnitude.or(input.min_adjustment_step);
    if magnitude.is_some() && kind != AdjustmentType::Percent {
        return Err(Error::validation("MinAdjustmentMagnitude is supported only for PercentChangeInCapacity."));
    }
    let min_magnitude = magnitude.map(|value| check::within("MinAdjustmentMagnitude", value, 1, SECONDS_AT_MOST));
    Ok(Adjustment { kind, min_magnitude: min_magnitude.transpose()? })
}

/// *User guide, Step adjustments*: no gap, no overlap, one open end at most on each side.
fn intervals(said: Vec<StepAdjustment>) -> Result<Vec<Step>> {
    if said.is_empty() || said.len() > STEPS_AT_MOST {
        return Err(Error::validation(format!(
            "Between 1 and {STEPS_AT_MOST} step adjustments must be specified for policies of type StepScaling."
        )));
    }
    let mut steps: Vec<Step> = said
        .into_iter()
        .map(|step| Step {
            lower: step.metric_interval_lower_bound,
            upper: step.metric_interval_upper_bound,
            by: step.scaling_adjustment.unwrap_or(0),
        })
        .collect();
    let lower = |step: &Step| step.lower.unwrap_or(f64::NEG_INFINITY);
    let upper = |step: &Step| step.upper.unwrap_or(f64::INFINITY);
    if steps.iter().any(|step| step.lower.is_none() && step.upper.is_none()) {
        return Err(Error::validation("At least one bound of a step adjustment must be specified."));
    }
    if steps.iter().any(|step| lower(step) >= upper(step)) {
        return Err(Error::validation("The upper bound of a step adjustment must be greater than its lower bound."));
    }
    steps.sort_by(|a, b| lower(a).total_cmp(&lower(b)));
    for pair in steps.windows(2) {
        match upper(&pair[0]).total_cmp(&lower(&pair[1])) {
            std::cmp::Ordering::Greater => {
                return Err(Error::validation("The ranges of step adjustments must not overlap."));
            }
            std::cmp::Ordering::Less => {
                return Err(Error::validation("There must be no gap between the ranges of step adjustments."));
            }
            std::cmp::Ordering::Equal => {}
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(lower: Option<f64>, upper: Option<f64>) -> StepAdjustment {
        StepAdjustment {
            metric_interval_lower_bound: lower,
            metric_interval_upper_bound: upper,
            scaling_adjustment: Some(1),
        }
    }

    #[test]
    fn steps_have_no_gap_and_do_not_overlap() {
        assert!(intervals(vec![step(Some(0.0), Some(10.0)), step(Some(10.0), None), step(None, Some(0.0))]).is_ok());
        assert!(intervals(vec![step(Some(0.0), Some(10.0)), step(Some(9.0), None)]).is_err());
        assert!(intervals(vec![step(Some(0.0), Some(10.0)), step(Some(11.0), None)]).is_err());
        assert!(intervals(vec![step(None, None)]).is_err());
        assert!(intervals(vec![step(Some(2.0), Some(1.0))]).is_err());
        assert!(intervals(Vec::new()).is_err());
    }
}
