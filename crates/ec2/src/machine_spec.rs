//! What the host is asked to make of an instance.

use freehold_machine::spec::MacAddr;
use freehold_machine::{Interface, MachineSpec};

use crate::catalogue;
use crate::errors::{Error, Result};
use crate::lookup::{Reader, by_index};
use crate::model::{AttachmentStatus, Instance, NetworkInterface, Subnet};

/// As inside a VPC (*EC2 user guide, Network MTU*).
const MTU: u32 = 9001;

pub fn machine_spec(from: &mut (impl Reader + ?Sized), instance: &Instance) -> Result<MachineSpec> {
    let kind = catalogue::find(&instance.instance_type)
        .ok_or_else(|| Error::Internal(format!("{} has an unknown type", instance.id)))?;
    let mut interfaces: Vec<NetworkInterface> = by_index(from, 2, &instance.id)?;
    interfaces.retain(|interface| {
        interface.attachment.as_ref().is_some_and(|attachment| attachment.status != AttachmentStatus::Detaching)
    });
    interfaces.sort_by_key(|interface| interface.attachment.as_ref().map(|attachment| attachment.device_index));
    let interfaces = interfaces.iter().map(|interface| {
        let subnet: Subnet = from
            .read(&interface.subnet)?
            .ok_or_else(|| Error::Internal(format!("{} is in no subnet", interface.id)))?;
        Ok(Interface {
            eni: interface.id.clone(),
            vpc: interface.vpc.clone(),
            mac: MacAddr(interface.mac),
            address: interface.primary(),
            prefix: subnet.cidr.prefix_len(),
            gateway: subnet.gateway(),
            mtu: MTU,
        })
    });
    Ok(MachineSpec {
        interfaces: interfaces.collect::<Result<_>>()?,
        id: instance.id.clone(),
        image: instance.machine_image.clone(),
        resources: kind.resources(),
        root_disk_gib: instance.root.size_gib,
        hostname: instance.hostname(),
    })
}
