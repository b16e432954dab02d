//! `DeleteNetworkInterface`. Routes that lead to it become black holes; its elastic addresses stay.

use std::sync::Arc;

use freehold_api::ec2::DeleteNetworkInterfaceRequest;
use freehold_core::Principal;
use freehold_store::StoreExt;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::addresses::remove_interface;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::NetworkInterface;
use crate::operations::dry_run;

pub async fn delete_network_interface(ec2: Arc<Ec2>, call: Call, input: DeleteNetworkInterfaceRequest) -> Result<Unit> {
    let id = input.network_interface_id.ok_or(Error::MissingParameter("networkInterfaceId"))?;
    unused(&mut ec2.committed(), &call.principal, &id)?;
    dry_run(input.dry_run)?;

    let (principal, now) = (call.principal, ec2.now());
    ec2.store
        .transact(move |tx| {
            let interface = unused(tx, &principal, &id)?;
            remove_interface(tx, &interface, now)?;
            Ok(Unit)
        })
        .await
}

fn unused(from: &mut (impl Reader + ?Sized), principal: &Principal, id: &str) -> Result<NetworkInterface> {
    let interface: NetworkInterface = lookup::one(from, &principal.account, id)?;
    let is_a_service_s = interface.requester.is_some() && !principal.is_service_linked();
    if interface.attachment.is_some() || is_a_service_s {
        let message = format!("Network interface '{id}' is currently in use.");
        return Err(Error::other("InvalidNetworkInterface.InUse", message));
    }
    Ok(interface)
}
