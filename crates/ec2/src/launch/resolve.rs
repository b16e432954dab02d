//! Completes launch parameters with defaults, looks up what they name, and refuses what does not fit together.

use freehold_machine::DriverKind;

use super::interfaces::{PlannedInterface, plan_interfaces};
use super::root_device::{RootVolume, root_volume};
use super::{Surroundings, TemplateSource, seat, tags_for};
use crate::catalogue::{self, InstanceType};
use crate::errors::{Error, Result};
use crate::lookup::{Reader, by_account_index};
use crate::model::{
    Affinity, KeyPair, LaunchParameters, MetadataOptions, ReservationWish, ShutdownBehavior, Tags, Tenancy,
};
use crate::region::Region;

/// Everything about the instances of one launch but their identities.
#[derive(Debug, Clone)]
pub struct Blueprint {
    pub surroundings: Surroundings,
    pub kind: InstanceType,
    pub key: Option<KeyPair>,
    pub user_data: Option<String>,
    /// By device index; the first is the primary one.
    pub interfaces: Vec<PlannedInterface>,
    pub root: RootVolume,
    pub metadata: MetadataOptions,
    pub shutdown_behavior: ShutdownBehavior,
    pub disable_api_termination: bool,
    pub disable_api_stop: bool,
    pub monitoring: bool,
    pub ebs_optimized: bool,
    pub cpu_credits: Option<String>,
    pub tenancy: Tenancy,
    pub affinity: Affinity,
    pub wish: ReservationWish,
    pub instance_tags: Tags,
    pub volume_tags: Tags,
}

/// *API reference, RunInstances: InstanceType*.
pub const DEFAULT_TYPE: &str = "m1.small";

/// `count` is the largest number of instances that may be made.
pub fn resolve(
    from: &mut (impl Reader + ?Sized),
    region: &Region,
    account: &str,
    parameters: &LaunchParameters,
    template: Option<&TemplateSource>,
    surroundings: Surroundings,
    count: u32,
) -> Result<Blueprint> {
    let kind = instance_type(parameters.instance_type.as_deref().unwrap_or(DEFAULT_TYPE))?;
    check_architecture(&kind, &surroundings.image.architecture)?;
    let interfaces = plan_interfaces(from, region, account, parameters, &kind, count)?;
    let tenancy = seat::tenancy_of(parameters)?;
    let root = root_volume(parameters.root.as_ref(), &surroundings.image)?;
    let mut instance_tags = tags_for(&parameters.tags, "instance");
    if let Some(template) = template {
        instance_tags.0.insert("aws:ec2launchtemplate:id".into(), template.id.clone());
        instance_tags.0.insert("aws:ec2launchtemplate:version".into(), template.version.to_string());
    }
    Ok(Blueprint {
        key: parameters.key_name.as_deref().map(|name| key_pair(from, account, name)).transpose()?,
        user_data: parameters.user_data.clone(),
        interfaces,
        root,
        metadata: metadata(parameters, surroundings.image.imds_v2_required),
        shutdown_behavior: parameters.shutdown_behavior.unwrap_or_default(),
        disable_api_termination: parameters.disable_api_termination.unwrap_or(false),
        disable_api_stop: parameters.disable_api_stop.unwrap_or(false),
        monitoring: parameters.monitoring.unwrap_or(false),
        ebs_optimized: parameters.ebs_optimized.unwrap_or(false),
        tenancy,
        affinity: parameters.placement.as_ref().and_then(|placement| placement.affinity).unwrap_or_default(),
        wish: parameters.reservation.clone().unwrap_or_default(),
        cpu_credits: cpu_credits(parameters.cpu_credits.as_deref(), &kind, tenancy)?,
        instance_tags,
        volume_tags: tags_for(&parameters.tags, "volume"),
        kind,
        surroundings,
    })
}

/// The type with this name, or RunInstances' refusal.
pub fn instance_type(name: &str) -> Result<InstanceType> {
    catalogue::find(name)
        .ok_or_else(|| Error::InvalidParameterValue(format!("Invalid value '{name}' for InstanceType.")))
}

/// Refuses a type for hardware that machines of this driver do not have. Machines that exist in state only may be
/// anything.
pub fn check_hardware(kind: &InstanceType, driver: DriverKind) -> Result<()> {
    let lacking = match &kind.accelerator {
        _ if driver == DriverKind::None => return Ok(()),
        _ if kind.bare_metal => "machines here are not bare metal".to_owned(),
        Some(accelerator) => format!("machines here have no {}", accelerator.name),
        None => return Ok(()),
    };
    Err(Error::Unsupported(format!(
        "The requested configuration is currently not supported: the instance type {} cannot be had, for {lacking}.",
        kind.name
    )))
}

/// An image of one architecture runs on types of that architecture only.
pub fn check_architecture(kind: &InstanceType, image: &str) -> Result<()> {
    if kind.architectures.contains(&image) {
        return Ok(());
    }
    let own = kind.architectures.join(", ");
    Err(Error::InvalidParameterValue(format!(
        "The architecture '{own}' of the specified instance type does not match the architecture '{image}' of the \
         specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can \
         use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI."
    )))
}

fn key_pair(from: &mut (impl Reader + ?Sized), account: &str, name: &str) -> Result<KeyPair> {
    let found: Vec<KeyPair> = by_account_index(from, account, 0, name)?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Error::other("InvalidKeyPair.NotFound", format!("The key pair '{name}' does not exist")))
}

fn metadata(parameters: &LaunchParameters, v2_image: bool) -> MetadataOptions {
    let said = parameters.metadata.clone().unwrap_or_default();
    // An image that asks for version 2 changes the defaults (*EC2 user guide, Configure the AMI*).
    let default = if v2_image {
        MetadataOptions { tokens_required: true, hop_limit: 2, ..MetadataOptions::default() }
    } else {
        MetadataOptions::default()
    };
    MetadataOptions {
        endpoint_enabled: said.endpoint_enabled.unwrap_or(default.endpoint_enabled),
        tokens_required: said.tokens_required.unwrap_or(default.tokens_required),
        hop_limit: said.hop_limit.unwrap_or(default.hop_limit),
        tags_enabled: said.tags_enabled.unwrap_or(default.tags_enabled),
    }
}

/// T2 begins as `standard`, later families as `unlimited` (*EC2 user guide, Unlimited mode concepts*); on a Dedicated Host
/// all are `standard` (*Burstable performance T3 instances on Dedicated Hosts*).
fn cpu_credits(said: Option<&str>, kind: &InstanceType, tenancy: Tenancy) -> Result<Option<String>> {
    match said {
        Some("unlimited") if tenancy == Tenancy::Host => Err(Error::InvalidParameterCombination(
            "The CPU credit option 'unlimited' is not supported on Dedicated Hosts.".into(),
        )),
        None if tenancy == Tenancy::Host && kind.burstable => Ok(Some("standard".to_owned())),
        Some(said) if !matches!(said, "standard" | "unlimited") => {
            Err(Error::invalid_value("CpuCredits", said, "Expected: standard, unlimited."))
        }
        Some(_) if !kind.burstable => Err(Error::InvalidParameterCombination(format!(
            "The instance type {} does not support CPU credits.",
            kind.name
        ))),
        Some(said) => Ok(Some(said.to_owned())),
        None if kind.burstable => Ok(Some(if kind.family() == "t2" { "standard" } else { "unlimited" }.to_owned())),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_that_machines_lack_is_refused_where_machines_are_real() {
        for (name, runs) in [("t3.micro", true), ("c5.large", true), ("g4dn.xlarge", false), ("m5.metal", false)] {
            let kind = instance_type(name).unwrap();
            assert_eq!(check_hardware(&kind, DriverKind::Container).is_ok(), runs, "{name}");
            assert!(check_hardware(&kind, DriverKind::None).is_ok(), "{name}");
        }
    }
}
