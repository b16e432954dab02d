//! The target configurations of a modification. What they leave out stays as it is, where that is one thing.

use freehold_api::ec2::ReservedInstancesConfiguration;

use super::find;
use super::view::{SCOPE_REGION, SCOPE_ZONE};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::reserved::Bought;
use crate::reserved::modification::Part;

pub fn parts(ec2: &Ec2, targets: &[ReservedInstancesConfiguration], sources: &[Bought]) -> Result<Vec<Part>> {
    targets.iter().map(|target| part(ec2, target, sources)).collect()
}

fn part(ec2: &Ec2, target: &ReservedInstancesConfiguration, sources: &[Bought]) -> Result<Part> {
    match target.platform.as_deref() {
        None | Some("EC2-VPC") => {}
        Some("EC2-Classic") => {
            let message = "The network platform EC2-Classic is not available in your account.";
            return Err(Error::UnsupportedOperation(message.into()));
        }
        Some(other) => return Err(invalid("Platform", other)),
    }
    let said = target.instance_count.ok_or(Error::MissingParameter("ReservedInstancesConfiguration.InstanceCount"))?;
    let count = u32::try_from(said).ok().filter(|count| *count > 0);
    let count = count.ok_or_else(|| Error::invalid_value("InstanceCount", said, "It must be at least 1."))?;
    let kind = match target.instance_type.as_deref() {
        Some(name) => ec2.bills.types().parse(name).ok_or_else(|| invalid("InstanceType", name))?,
        None => same(sources, |source| source.kind.clone()).ok_or_else(|| unclear("InstanceType"))?,
    };
    Ok(Part { kind, zone: zone(ec2, target, sources)?, count })
}

fn zone(ec2: &Ec2, target: &ReservedInstancesConfiguration, sources: &[Bought]) -> Result<Option<char>> {
    let named = find::zone(ec2, target.availability_zone.as_deref(), target.availability_zone_id.as_deref())?;
    match (target.scope.as_deref(), named) {
        (Some(SCOPE_REGION), None) => Ok(None),
        (Some(SCOPE_REGION), Some(zone)) => Err(Error::InvalidParameterCombination(format!(
            "A target configuration with the scope {SCOPE_REGION} cannot have the Availability Zone {}.",
            zone.name
        ))),
        (None | Some(SCOPE_ZONE), Some(zone)) => Ok(find::letter(zone)),
        (scope @ (None | Some(SCOPE_ZONE)), None) => {
            let zone = same(sources, |source| source.offer.zone).ok_or_else(|| unclear("AvailabilityZone"))?;
            if scope.is_some() && zone.is_none() {
                return Err(unclear("AvailabilityZone"));
            }
            Ok(zone)
        }
        (Some(other), _) => Err(invalid("Scope", other)),
    }
}

/// What they all have.
fn same<T: PartialEq>(sources: &[Bought], of: impl Fn(&Bought) -> T) -> Option<T> {
    let mut all = sources.iter().map(of);
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

fn invalid(parameter: &str, value: &str) -> Error {
    Error::InvalidParameterValue(format!("Invalid value '{value}' for {parameter}."))
}

/// The Reserved Instances to be modified differ in it, or have none.
fn unclear(parameter: &str) -> Error {
    Error::Missing(format!("The request must contain the parameter ReservedInstancesConfiguration.{parameter}"))
}
