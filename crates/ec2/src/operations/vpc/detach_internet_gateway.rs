//! `DetachInternetGateway`. Not while public addresses are in use behind it.

use std::sync::Arc;

use freehold_api::ec2::DetachInternetGatewayRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{InternetGateway, NetworkInterface, Vpc};
use crate::operations::dry_run;

pub async fn detach_internet_gateway(ec2: Arc<Ec2>, call: Call, input: DetachInternetGatewayRequest) -> Result<Unit> {
    let id = input.internet_gateway_id.ok_or(Error::MissingParameter("internetGatewayId"))?;
    let vpc = input.vpc_id.ok_or(Error::MissingParameter("vpcId"))?;
    detached(&mut ec2.committed(), call.account(), &id, &vpc)?;
    dry_run(input.dry_run)?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let gateway = detached(tx, &account, &id, &vpc)?;
            tx.put(&gateway)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

fn detached(from: &mut (impl Reader + ?Sized), account: &str, id: &str, vpc: &str) -> Result<InternetGateway> {
    let mut gateway: InternetGateway = lookup::one(from, account, id)?;
    let vpc: Vpc = lookup::one(from, account, vpc)?;
    if gateway.vpc.as_ref() != Some(&vpc.id) {
        let message = format!("resource {id} is not attached to network {}", vpc.id);
        return Err(Error::other("Gateway.NotAttached", message));
    }
    let interfaces: Vec<NetworkInterface> = lookup::by_index(from, 0, &vpc.id)?;
    if interfaces.iter().flat_map(|eni| &eni.addresses).any(|address| address.association.is_some()) {
        return Err(Error::DependencyViolation(format!(
            "Network {} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
            vpc.id
        )));
    }
    gateway.vpc = None;
    Ok(gateway)
}
