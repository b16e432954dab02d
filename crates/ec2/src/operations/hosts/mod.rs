//! Dedicated Hosts: allocated, shown, modified and released, and instances that are moved between them.

mod allocate_hosts;
mod describe_hosts;
mod modify_hosts;
mod modify_instance_placement;
mod release_hosts;
#[cfg(test)]
mod tests;
mod unsuccessful;
mod view;

use freehold_api::ec2::op;

use super::Operations;
use crate::errors::{Error, Result};

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::AllocateHosts, allocate_hosts::allocate_hosts)
        .on(op::DescribeHosts, describe_hosts::describe_hosts)
        .on(op::ModifyHosts, modify_hosts::modify_hosts)
        .on(op::ModifyInstancePlacement, modify_instance_placement::modify_instance_placement)
        .on(op::ReleaseHosts, release_hosts::release_hosts)
}

/// `on` or `off`.
fn auto_placement(said: &str) -> Result<bool> {
    match said {
        "on" => Ok(true),
        "off" => Ok(false),
        other => {
            Err(Error::other("InvalidAutoPlacement", format!("The value '{other}' for auto-placement is not valid.")))
        }
    }
}

/// Servers here do not fail one at a time, so that there is nothing to recover to and nothing to maintain.
fn refuse_recovery(recovery: Option<&str>, maintenance: Option<&str>) -> Result<()> {
    for (name, said) in [("HostRecovery", recovery), ("HostMaintenance", maintenance)] {
        match said {
            None | Some("off") => {}
            Some("on") => return Err(Error::no_effect(&format!("{name}=on"))),
            Some(other) => return Err(Error::invalid_value(name, other, "Expected: on, off.")),
        }
    }
    Ok(())
}
