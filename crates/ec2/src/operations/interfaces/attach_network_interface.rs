//! `AttachNetworkInterface`. The attachment is written at once, as `attaching`; it is `attached` when the machine has
//! the device.

use std::sync::Arc;

use freehold_api::ec2::{AttachNetworkInterfaceRequest, AttachNetworkInterfaceResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::wiring::{check_pluggable, parse_count, refuse, tell_machine};
use crate::addresses::tell_elastic;
use crate::errors::{Error, Result};
use crate::interface::{check_address_count, check_interface_count};
use crate::lookup::{self, Reader, by_index};
use crate::model::{Attachment, AttachmentStatus, Instance, InterfaceStatus, NetworkInterface};
use crate::operations::dry_run;
use crate::{Ec2, launch, new_id};

pub async fn attach_network_interface(
    ec2: Arc<Ec2>,
    call: Call,
    input: AttachNetworkInterfaceRequest,
) -> Result<AttachNetworkInterfaceResult> {
    refuse(&[
        ("EnaSrdSpecification", input.ena_srd_specification.is_some()),
        ("EnaQueueCount", input.ena_queue_count.is_some()),
    ])?;
    if let Some(card) = input.network_card_index.filter(|card| *card != 0) {
        return Err(Error::invalid_value(
            "networkCardIndex",
            card,
            "Instances here have one network card, with index 0.",
        ));
    }
    let device_index = parse_count("deviceIndex", input.device_index)?.ok_or(Error::MissingParameter("deviceIndex"))?;
    let wanted = Wanted {
        account: call.account().to_owned(),
        interface: input.network_interface_id.ok_or(Error::MissingParameter("networkInterfaceId"))?,
        instance: input.instance_id.ok_or(Error::MissingParameter("instanceId"))?,
        device_index,
    };
    wanted.check(&ec2, &mut ec2.committed())?;
    dry_run(input.dry_run)?;

    let writer = Arc::clone(&ec2);
    let id = ec2
        .store
        .transact(move |tx| {
            let mut interface = wanted.check(&writer, tx)?;
            let id = new_id("eni-attach");
            interface.attachment = Some(Attachment {
                id: id.clone(),
                instance: wanted.instance.clone(),
                device_index: wanted.device_index,
                delete_on_termination: false,
                attached: writer.now(),
                status: AttachmentStatus::Attaching,
            });
            tx.put(&interface)?;
            tell_elastic(tx, &interface, Some(&wanted.instance))?;
            tell_machine(tx, &wanted.instance)?;
            Ok::<_, Error>(id)
        })
        .await?;
    Ok(AttachNetworkInterfaceResult { attachment_id: Some(id), network_card_index: Some(0) })
}

struct Wanted {
    account: String,
    interface: String,
    instance: String,
    device_index: u32,
}

impl Wanted {
    /// The interface, if the instance can have it.
    fn check(&self, ec2: &Ec2, from: &mut (impl Reader + ?Sized)) -> Result<NetworkInterface> {
        let interface: NetworkInterface = lookup::one(from, &self.account, &self.interface)?;
        let instance: Instance = lookup::one(from, &self.account, &self.instance)?;
        if interface.status() == InterfaceStatus::InUse {
            let message = format!("Interface: [{}] in use.", interface.id);
            return Err(Error::other("InvalidNetworkInterface.InUse", message));
        }
        check_pluggable(ec2, &instance)?;
        if interface.zone != instance.placement.zone {
            return Err(Error::InvalidParameterCombination(
                "You may not attach a network interface to an instance if they are not in the same availability zone"
                    .into(),
            ));
        }
        if interface.vpc != instance.vpc {
            return Err(Error::UnsupportedOperation(
                "Freehold does not attach network interfaces to instances of another VPC.".into(),
            ));
        }
        let others: Vec<NetworkInterface> = by_index(from, 2, &instance.id)?;
        let indexes = others.iter().filter_map(|other| other.attachment.as_ref()).map(|a| a.device_index);
        if indexes.into_iter().any(|index| index == self.device_index) {
            return Err(Error::InvalidParameterValue(format!(
                "Instance '{}' already has an interface attached at device index '{}'.",
                instance.id, self.device_index
            )));
        }
        let kind = launch::instance_type(&instance.instance_type)?;
        check_interface_count(others.len() + 1, &kind)?;
        check_address_count(u32::try_from(interface.addresses.len()).unwrap_or(u32::MAX), Some(&kind))?;
        Ok(interface)
    }
}
