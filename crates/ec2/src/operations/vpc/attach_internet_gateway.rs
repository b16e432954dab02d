//! `AttachInternetGateway`.

use std::sync::Arc;

use freehold_api::ec2::AttachInternetGatewayRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{InternetGateway, Vpc};
use crate::operations::dry_run;

pub async fn attach_internet_gateway(ec2: Arc<Ec2>, call: Call, input: AttachInternetGatewayRequest) -> Result<Unit> {
    let id = input.internet_gateway_id.ok_or(Error::MissingParameter("internetGatewayId"))?;
    let vpc = input.vpc_id.ok_or(Error::MissingParameter("vpcId"))?;
    attached(&mut ec2.committed(), call.account(), &id, &vpc)?;
    dry_run(input.dry_run)?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let gateway = attached(tx, &account, &id, &vpc)?;
            tx.put(&gateway)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

/// The gateway, attached. A VPC has at most one.
fn attached(from: &mut (impl Reader + ?Sized), account: &str, id: &str, vpc: &str) -> Result<InternetGateway> {
    let mut gateway: InternetGateway = lookup::one(from, account, id)?;
    let vpc: Vpc = lookup::one(from, account, vpc)?;
    if let Some(other) = &gateway.vpc {
        let message = format!("resource {id} is already attached to network {other}");
        return Err(Error::other("Resource.AlreadyAssociated", message));
    }
    if !lookup::by_index::<InternetGateway>(from, 0, &vpc.id)?.is_empty() {
        let message = format!("Network {} already has an internet gateway attached", vpc.id);
        return Err(Error::InvalidParameterValue(message));
    }
    gateway.vpc = Some(vpc.id);
    Ok(gateway)
}
