//! Preferences of a refresh (*API reference, RefreshPreferences*).

use freehold_api::autoscaling as api;

use crate::errors::{Error, Result};
use crate::model::{Group, RefreshPreferences};
use crate::operations::{check, show::int};

/// Percent.
const MIN_HEALTHY: u32 = 90;
const MAX_HEALTHY: u32 = 100;
/// Seconds.
const CHECKPOINT_DELAY: i32 = 3600;
const TWO_DAYS: u32 = 172_800;
const SECONDS_AT_MOST: u32 = i32::MAX as u32;
/// *API reference, AlarmSpecification*
const ALARMS_AT_MOST: usize = 10;

pub(super) fn read(said: api::RefreshPreferences, group: &Group) -> Result<RefreshPreferences> {
    let bounds = group.maintenance;
    let min = said.min_healthy_percentage.map(|min| check::within("MinHealthyPercentage", min, 0, 100)).transpose()?;
    let max =
        said.max_healthy_percentage.map(|max| check::within("MaxHealthyPercentage", max, 100, 200)).transpose()?;
    if min.is_none() && max.is_some() {
        return Err(Error::validation("MinHealthyPercentage must be specified where MaxHealthyPercentage is."));
    }
    let (default_min, default_max) =
        bounds.map_or((MIN_HEALTHY, MAX_HEALTHY), |bounds| (bounds.min_healthy, bounds.max_healthy));
    let (min_healthy, max_healthy) = match (min, max) {
        (None, None) => (default_min, default_max),
        (Some(min), max) => (min, max.unwrap_or(MAX_HEALTHY)),
        (None, Some(max)) => (MIN_HEALTHY, max),
    };
    if max_healthy - min_healthy > 100 {
        return Err(Error::validation(
            "The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.",
        ));
    }
    let alarms = said.alarm_specification.and_then(|alarms| alarms.alarms).unwrap_or_default();
    if alarms.len() > ALARMS_AT_MOST {
        return Err(Error::validation(format!("At most {ALARMS_AT_MOST} alarms can be specified.")));
    }
    Ok(RefreshPreferences {
        min_healthy,
        max_healthy,
        warmup: said
            .instance_warmup
            .map(|seconds| check::within("InstanceWarmup", seconds, 0, SECONDS_AT_MOST))
            .transpose()?,
        checkpoints: checkpoints(said.checkpoint_percentages.unwrap_or_default())?,
        checkpoint_delay: check::within(
            "CheckpointDelay",
            said.checkpoint_delay.unwrap_or(CHECKPOINT_DELAY),
            0,
            TWO_DAYS,
        )?,
        skip_matching: said.skip_matching.unwrap_or(false),
        auto_rollback: said.auto_rollback.unwrap_or(false),
        protected: one_of(
            "ScaleInProtectedInstances",
            said.scale_in_protected_instances,
            &["Wait", "Refresh", "Ignore"],
        )?,
        standby: one_of("StandbyInstances", said.standby_instances, &["Wait", "Terminate", "Ignore"])?,
        alarms,
        bake_time: check::within("BakeTime", said.bake_time.unwrap_or(0), 0, TWO_DAYS)?,
    })
}

/// Ascending, each from 1 to 100.
fn checkpoints(said: Vec<i32>) -> Result<Vec<u32>> {
    let all: Vec<u32> = said
        .into_iter()
        .map(|percent| check::within("CheckpointPercentages", percent, 1, 100))
        .collect::<Result<_>>()?;
    if all.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Error::validation("CheckpointPercentages must be unique and in ascending order."));
    }
    Ok(all)
}

/// The first of `known` is the default.
fn one_of(name: &str, said: Option<String>, known: &[&str]) -> Result<String> {
    let said = said.unwrap_or_else(|| known[0].to_owned());
    if known.contains(&said.as_str()) {
        return Ok(said);
    }
    Err(Error::validation(format!("Invalid value '{said}' for {name}. Valid values are: {known:?}")))
}

pub(super) fn show(preferences: &RefreshPreferences) -> api::RefreshPreferences {
    let has_checkpoints = !preferences.checkpoints.is_empty();
    let alarms =
        (!preferences.alarms.is_empty()).then(|| api::AlarmSpecification { alarms: Some(preferences.alarms.clone()) });
    api::RefreshPreferences {
        min_healthy_percentage: int(preferences.min_healthy),
        instance_warmup: preferences.warmup.and_then(int),
        checkpoint_percentages: has_checkpoints
            .then(|| preferences.checkpoints.iter().filter_map(|percent| int(*percent)).collect()),
        checkpoint_delay: has_checkpoints.then(|| int(preferences.checkpoint_delay)).flatten(),
        skip_matching: Some(preferences.skip_matching),
        auto_rollback: Some(preferences.auto_rollback),
        scale_in_protected_instances: Some(preferences.protected.clone()),
        standby_instances: Some(preferences.standby.clone()),
        alarm_specification: alarms,
        max_healthy_percentage: int(preferences.max_healthy),
        bake_time: int(preferences.bake_time),
    }
}
