//! `ModifyNetworkInterfaceAttribute`: one attribute a call.

use std::sync::Arc;

use freehold_api::ec2::{ModifyNetworkInterfaceAttributeRequest, NetworkInterfaceAttachmentChanges};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::wiring::{check_manager, refuse};
use crate::addresses::{take_public, unmap};
use crate::errors::{Error, Result};
use crate::model::{Instance, InstanceState, NetworkInterface, PublicAssociation};
use crate::operations::dry_run;
use crate::{Ec2, interface, lookup};

/// A change, read from the request.
enum Attribute {
    Description(String),
    Groups(Vec<String>),
    SourceDestCheck(bool),
    DeleteOnTermination { attachment: String, on: bool },
    PublicAddress(bool),
}

pub async fn modify_network_interface_attribute(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyNetworkInterfaceAttributeRequest,
) -> Result<Unit> {
    let id = input.network_interface_id.clone().ok_or(Error::MissingParameter("networkInterfaceId"))?;
    let dry = input.dry_run;
    let attribute = read(input)?;
    let (writer, principal) = (Arc::clone(&ec2), call.principal);
    ec2.store
        .transact(move |tx| {
            let mut interface: NetworkInterface = lookup::one(tx, &principal.account, &id)?;
            check_manager(&principal, &interface)?;
            apply(&writer, tx, &mut interface, attribute)?;
            dry_run(dry)?;
            tx.put(&interface)?;
            Ok(Unit)
        })
        .await
}

fn apply(ec2: &Ec2, tx: &mut dyn Tx, interface: &mut NetworkInterface, attribute: Attribute) -> Result<()> {
    match attribute {
        Attribute::Description(text) => interface.description = text,
        Attribute::Groups(ids) => {
            let whose = format!("interface {}", interface.id);
            interface.groups = interface::groups_in_vpc(tx, &interface.account, &interface.vpc, &whose, &ids)?;
        }
        Attribute::SourceDestCheck(on) => {
            interface.source_dest_check = on;
            // An instance's attribute is that of its first interface.
            let first = interface.attachment.as_ref().filter(|attachment| attachment.device_index == 0);
            if let Some(attachment) = first
                && let Some(mut instance) = tx.get::<Instance>(&attachment.instance)?
            {
                instance.source_dest_check = on;
                tx.put(&instance)?;
            }
        }
        Attribute::DeleteOnTermination { attachment: id, on } => {
            let attachment = interface.attachment.as_mut().filter(|attachment| attachment.id == id);
            attachment.ok_or_else(|| super::detach_network_interface::no_attachment(&id))?.delete_on_termination = on;
        }
        Attribute::PublicAddress(on) => set_public(ec2, tx, interface, on)?,
    }
    Ok(())
}

/// A running instance gets or loses the address now, others with their next start; and only the first interface. That of
/// a service is always at work.
fn set_public(ec2: &Ec2, tx: &mut dyn Tx, interface: &mut NetworkInterface, on: bool) -> Result<()> {
    interface.public_at_start = on;
    let first = interface.attachment.as_ref().filter(|attachment| attachment.device_index == 0);
    let runs = match first {
        _ if interface.requester.is_some() => true,
        None => return Ok(()),
        Some(attachment) => tx
            .get::<Instance>(&attachment.instance)?
            .is_some_and(|i| matches!(i.state, InstanceState::Running | InstanceState::Pending)),
    };
    let (id, account) = (interface.id.clone(), interface.account.clone());
    let Some(primary) = interface.addresses.first_mut() else { return Ok(()) };
    match &primary.association {
        None if on && runs => {
            let public = take_public(tx, ec2.public_pool, &account, &id, ec2.now())?;
            primary.association = Some(PublicAssociation { public, elastic: None });
        }
        Some(association) if !on && association.elastic.is_none() => unmap(tx, primary, ec2.now())?,
        _ => {}
    }
    Ok(())
}

fn read(input: ModifyNetworkInterfaceAttributeRequest) -> Result<Attribute> {
    refuse(&[
        ("EnaSrdSpecification", input.ena_srd_specification.is_some()),
        ("EnablePrimaryIpv6", input.enable_primary_ipv6.is_some()),
        ("ConnectionTrackingSpecification", input.connection_tracking_specification.is_some()),
        ("AssociatedSubnetIds", input.associated_subnet_ids.is_some()),
    ])?;
    let mut found = [
        input.description.map(|text| Ok(Attribute::Description(text.value.unwrap_or_default()))),
        input.groups.filter(|groups| !groups.is_empty()).map(|groups| Ok(Attribute::Groups(groups))),
        input.source_dest_check.and_then(|check| check.value).map(|on| Ok(Attribute::SourceDestCheck(on))),
        input.attachment.map(read_attachment),
        input.associate_public_ip_address.map(|on| Ok(Attribute::PublicAddress(on))),
    ]
    .into_iter()
    .flatten();
    let first = found.next().ok_or_else(|| Error::InvalidParameterCombination("No attributes specified.".into()))?;
    if found.next().is_some() {
        return Err(Error::InvalidParameterCombination("Fields for multiple attribute types specified".into()));
    }
    first
}

fn read_attachment(changes: NetworkInterfaceAttachmentChanges) -> Result<Attribute> {
    refuse(&[
        ("Attachment.EnaQueueCount", changes.ena_queue_count.is_some()),
        ("Attachment.DefaultEnaQueueCount", changes.default_ena_queue_count.is_some()),
    ])?;
    Ok(Attribute::DeleteOnTermination {
        attachment: changes.attachment_id.ok_or(Error::MissingParameter("attachment.attachmentId"))?,
        on: changes.delete_on_termination.ok_or(Error::MissingParameter("attachment.deleteOnTermination"))?,
    })
}
