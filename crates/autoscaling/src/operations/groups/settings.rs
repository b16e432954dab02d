//! What CreateAutoScalingGroup and UpdateAutoScalingGroup say alike.

use freehold_api::autoscaling as api;

use crate::errors::{Error, Result};
use crate::model::{DeletionProtection, Group, Maintenance, TerminationPolicy};
use crate::operations::{check, show};

/// *API reference, CreateAutoScalingGroup: MaxInstanceLifetime*: a day to a year; 0 takes it back.
const LIFETIME: (u32, u32) = (86_400, 31_536_000);
/// *API reference, CreateAutoScalingGroup: DefaultInstanceWarmup*
const WARMUP_AT_MOST: u32 = 3600;
const SECONDS_AT_MOST: u32 = i32::MAX as u32;

/// Settings; what is `None` was not said.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub default_cooldown: Option<i32>,
    pub health_check_type: Option<String>,
    pub grace_period: Option<i32>,
    pub placement_group: Option<String>,
    pub termination_policies: Option<Vec<String>>,
    pub protect_new: Option<bool>,
    pub capacity_rebalance: Option<bool>,
    pub max_lifetime: Option<i32>,
    pub service_linked_role: Option<String>,
    pub context: Option<String>,
    pub desired_capacity_type: Option<String>,
    pub default_warmup: Option<i32>,
    pub maintenance: Option<api::InstanceMaintenancePolicy>,
    pub distribution: Option<api::AvailabilityZoneDistribution>,
    pub impairment: Option<api::AvailabilityZoneImpairmentPolicy>,
    pub reservation: Option<api::CapacityReservationSpecification>,
    pub lifecycle: Option<api::InstanceLifecyclePolicy>,
    pub deletion_protection: Option<String>,
}

/// The settings of an input: both operations have the same members, in types of their own.
macro_rules! settings {
    ($input:ident) => {
        $crate::operations::groups::settings::Settings {
            default_cooldown: $input.default_cooldown,
            health_check_type: $input.health_check_type,
            grace_period: $input.health_check_grace_period,
            placement_group: $input.placement_group,
            termination_policies: $input.termination_policies,
            protect_new: $input.new_instances_protected_from_scale_in,
            capacity_rebalance: $input.capacity_rebalance,
            max_lifetime: $input.max_instance_lifetime,
            service_linked_role: $input.service_linked_role_arn,
            context: $input.context,
            desired_capacity_type: $input.desired_capacity_type,
            default_warmup: $input.default_instance_warmup,
            maintenance: $input.instance_maintenance_policy,
            distribution: $input.availability_zone_distribution,
            impairment: $input.availability_zone_impairment_policy,
            reservation: $input.capacity_reservation_specification,
            lifecycle: $input.instance_lifecycle_policy,
            deletion_protection: $input.deletion_protection,
        }
    };
}
pub(super) use settings;

impl Settings {
    /// Checks all of it and sets what was said.
    pub fn apply(self, group: &mut Group) -> Result<()> {
        self.refuse(&group.account)?;
        if let Some(seconds) = self.default_cooldown {
            group.default_cooldown = check::within("DefaultCooldown", seconds, 0, SECONDS_AT_MOST)?;
        }
        if let Some(kinds) = self.health_check_type {
            group.elb_health = elb_health(&kinds)?;
            group.health_check_type = kinds;
        }
        if let Some(seconds) = self.grace_period {
            group.grace_period = check::within("HealthCheckGracePeriod", seconds, 0, SECONDS_AT_MOST)?;
        }
        if let Some(policies) = self.termination_policies.filter(|policies| !policies.is_empty()) {
            group.termination_policies = policies.iter().map(|name| termination_policy(name)).collect::<Result<_>>()?;
        }
        group.protect_new = self.protect_new.unwrap_or(group.protect_new);
        group.capacity_rebalance = self.capacity_rebalance.unwrap_or(group.capacity_rebalance);
        match self.max_lifetime {
            None => {}
            Some(0) => group.max_lifetime = None,
            Some(seconds) => {
                group.max_lifetime = Some(check::within("MaxInstanceLifetime", seconds, LIFETIME.0, LIFETIME.1)?);
            }
        }
        match self.default_warmup {
            None => {}
            // *API reference, UpdateAutoScalingGroup: DefaultInstanceWarmup*
            Some(-1) => group.default_warmup = None,
            Some(seconds) => {
                group.default_warmup = Some(check::within("DefaultInstanceWarmup", seconds, 0, WARMUP_AT_MOST)?);
            }
        }
        if let Some(bounds) = self.maintenance {
            group.maintenance = maintenance(&bounds)?;
        }
        if let Some(strategy) = self.distribution.and_then(|said| said.capacity_distribution_strategy) {
            group.balanced_only = strategy == "balanced-only";
        }
        if let Some(protection) = self.deletion_protection {
            group.deletion_protection = DeletionProtection::parse(&protection).ok_or_else(|| {
                Error::validation(format!("'{protection}' is not a valid value for DeletionProtection."))
            })?;
        }
        if let Some(context) = self.context {
            group.context = Some(context);
        }
        Ok(())
    }

    fn refuse(&self, account: &str) -> Result<()> {
        let role = show::service_linked_role(account);
        let impairment = self.impairment.clone().unwrap_or_default();
        let reservation = self.reservation.clone().unwrap_or_default();
        let prefers = reservation.capacity_reservation_preference.as_deref().unwrap_or("default");
        let retention = self.lifecycle.clone().unwrap_or_default().retention_triggers.unwrap_or_default();
        check::refuse(&[
            ("PlacementGroup", self.placement_group.as_deref().is_some_and(|group| !group.is_empty())),
            ("ServiceLinkedRoleARN", self.service_linked_role.as_deref().is_some_and(|said| said != role)),
            ("DesiredCapacityType", self.desired_capacity_type.as_deref().is_some_and(|said| said != "units")),
            ("AvailabilityZoneImpairmentPolicy.ZonalShiftEnabled", impairment.zonal_shift_enabled == Some(true)),
            ("CapacityReservationSpecification.CapacityReservationPreference", prefers != "default"),
            (
                "CapacityReservationSpecification.CapacityReservationTarget",
                reservation.capacity_reservation_target.is_some(),
            ),
            (
                "InstanceLifecyclePolicy.RetentionTriggers.TerminateHookAbandon",
                retention.terminate_hook_abandon.as_deref().is_some_and(|said| said != "terminate"),
            ),
        ])
    }
}

/// `EC2`, `ELB`, or both; what else AWS has is refused by name.
fn elb_health(kinds: &str) -> Result<bool> {
    let mut elb = false;
    for kind in kinds.split(',').map(str::trim) {
        match kind {
            "EC2" => {}
            "ELB" => elb = true,
            "EBS" | "VPC_LATTICE" => return Err(Error::no_effect(&format!("HealthCheckType={kind}"))),
            _ => return Err(Error::validation(format!("Invalid HealthCheckType: {kind}"))),
        }
    }
    Ok(elb)
}

fn termination_policy(name: &str) -> Result<TerminationPolicy> {
    if name.starts_with("arn:") {
        return Err(Error::no_effect("TerminationPolicies with a function"));
    }
    TerminationPolicy::parse(name).ok_or_else(|| Error::validation(format!("Invalid termination policy: {name}")))
}

/// *API reference, InstanceMaintenancePolicy*: -1 for both takes it back.
pub(in crate::operations) fn maintenance(said: &api::InstanceMaintenancePolicy) -> Result<Option<Maintenance>> {
    match (said.min_healthy_percentage, said.max_healthy_percentage) {
        (None | Some(-1), None | Some(-1)) => Ok(None),
        (Some(min), Some(max)) => {
            let min = check::within("MinHealthyPercentage", min, 0, 100)?;
            let max = check::within("MaxHealthyPercentage", max, 100, 200)?;
            if max - min > 100 {
                return Err(Error::validation(
                    "The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.",
                ));
            }
            Ok(Some(Maintenance { min_healthy: min, max_healthy: max }))
        }
        _ => Err(Error::validation("Both MinHealthyPercentage and MaxHealthyPercentage must be specified.")),
    }
}
