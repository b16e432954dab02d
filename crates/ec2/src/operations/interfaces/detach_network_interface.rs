//! `DetachNetworkInterface`. The interface is `detaching` until the machine has lost the device, and nobody else's
//! before. Force makes no difference: no machine here can hold on to a device.

use std::sync::Arc;

use freehold_api::ec2::DetachNetworkInterfaceRequest;
use freehold_core::ids;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::wiring::{check_pluggable, tell_machine};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{AttachmentStatus, Instance, NetworkInterface};
use crate::operations::dry_run;

pub async fn detach_network_interface(ec2: Arc<Ec2>, call: Call, input: DetachNetworkInterfaceRequest) -> Result<Unit> {
    let id = input.attachment_id.ok_or(Error::MissingParameter("attachmentId"))?;
    if id.starts_with("ela-attach-") {
        return Err(Error::OperationNotPermitted("You are not allowed to manage 'ela-attach' attachments.".into()));
    }
    detachable(&ec2, &mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;

    let (writer, account) = (Arc::clone(&ec2), call.account().to_owned());
    ec2.store
        .transact(move |tx| {
            let mut interface = detachable(&writer, tx, &account, &id)?;
            let Some(attachment) = &mut interface.attachment else { return Ok(Unit) };
            if attachment.status == AttachmentStatus::Detaching {
                return Ok(Unit);
            }
            attachment.status = AttachmentStatus::Detaching;
            let instance = attachment.instance.clone();
            tx.put(&interface)?;
            tell_machine(tx, &instance)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

fn detachable(ec2: &Ec2, from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<NetworkInterface> {
    let all: Vec<NetworkInterface> = lookup::all(from, account)?;
    let interface = all.into_iter().find(|one| one.attachment.as_ref().is_some_and(|attachment| attachment.id == id));
    let interface = interface.ok_or_else(|| no_attachment(id))?;
    let Some(attachment) = &interface.attachment else { return Err(no_attachment(id)) };
    if attachment.device_index == 0 {
        return Err(Error::OperationNotPermitted(
            "The network interface at device index 0 and networkCard index 0 cannot be detached.".into(),
        ));
    }
    let instance: Instance = lookup::one(from, account, &attachment.instance)?;
    check_pluggable(ec2, &instance)?;
    Ok(interface)
}

pub(super) fn no_attachment(id: &str) -> Error {
    if !ids::is_well_formed("eni-attach", id) {
        return Error::Malformed { code: "InvalidNetworkInterfaceAttachmentId.Malformed", id: id.to_owned() };
    }
    let message = format!("The network interface attachment ID '{id}' does not exist");
    Error::NotFound { code: "InvalidAttachmentID.NotFound", message }
}
