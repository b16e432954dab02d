//! What changes of interfaces mean for machines: which instances can be changed now, and how they are told.

use std::net::Ipv4Addr;

use freehold_core::Principal;
use freehold_machine::DriverKind;
use freehold_store::{Tx, TxExt};

use crate::Ec2;
use crate::catalogue::{self, InstanceType};
use crate::errors::{Error, Result};
use crate::lookup::Reader;
use crate::model::{Instance, InstanceState, NetworkInterface};

/// Refuses an instance whose machine cannot get or lose a device now. Containers can while they run; virtual
/// machines here have no hot-plug.
pub(super) fn check_pluggable(ec2: &Ec2, instance: &Instance) -> Result<()> {
    let is_virtual = matches!(ec2.driver.kind(), DriverKind::Kvm | DriverKind::Tcg);
    match instance.state {
        InstanceState::Stopped => Ok(()),
        InstanceState::Running if is_virtual => Err(Error::UnsupportedOperation(format!(
            "The instance '{}' is a virtual machine without hot-plug: stop it to attach or detach network interfaces.",
            instance.id
        ))),
        InstanceState::Running => Ok(()),
        _ => Err(Error::IncorrectState(format!("Instance '{}' is not 'running' or 'stopped'.", instance.id))),
    }
}

/// The interfaces of this instance, or what they hold, have changed: its machine is to follow.
pub(super) fn tell_machine(tx: &mut dyn Tx, instance: &str) -> Result<()> {
    if let Some(mut instance) = tx.get::<Instance>(instance)? {
        instance.wiring.ask();
        tx.put(&instance)?;
    }
    Ok(())
}

/// As [`tell_machine`], for whatever instance has the interface.
pub(super) fn tell_machine_of(tx: &mut dyn Tx, interface: &NetworkInterface) -> Result<()> {
    interface.attachment.as_ref().map_or(Ok(()), |attachment| tell_machine(tx, &attachment.instance))
}

/// The type of the instance that has the interface.
pub(super) fn type_of_holder(
    from: &mut (impl Reader + ?Sized),
    interface: &NetworkInterface,
) -> Result<Option<InstanceType>> {
    let Some(attachment) = &interface.attachment else { return Ok(None) };
    let instance: Option<Instance> = from.read(&attachment.instance)?;
    Ok(instance.and_then(|instance| catalogue::find(&instance.instance_type)))
}

/// Refuses to let anybody change a service's interface but the services themselves.
pub(super) fn check_manager(principal: &Principal, interface: &NetworkInterface) -> Result<()> {
    if interface.requester.is_none() || principal.is_service_linked() {
        return Ok(());
    }
    Err(Error::OperationNotPermitted("You do not have permission to access the specified resource.".into()))
}

/// A private address of a request.
pub(super) fn parse_address(parameter: &str, text: &str) -> Result<Ipv4Addr> {
    text.parse().map_err(|_| Error::invalid_value(parameter, text, "This is not a valid IPv4 address."))
}

/// A number of a request that counts something.
pub(super) fn parse_count(parameter: &str, value: Option<i32>) -> Result<Option<u32>> {
    let wrong = |value| Error::invalid_value(parameter, value, "It must not be negative.");
    value.map(|value| u32::try_from(value).map_err(|_| wrong(value))).transpose()
}

/// Parameters that are asked for and have no effect here.
pub(super) fn refuse(asked: &[(&str, bool)]) -> Result<()> {
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}
