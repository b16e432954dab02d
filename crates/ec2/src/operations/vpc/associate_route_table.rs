//! `AssociateRouteTable`.

use std::sync::Arc;

use freehold_api::ec2::{AssociateRouteTableRequest, AssociateRouteTableResult, RouteTableAssociationState};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::route_request::refuse;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{RouteTable, RouteTableAssociation, Subnet};
use crate::operations::dry_run;
use crate::{Ec2, new_id};

pub async fn associate_route_table(
    ec2: Arc<Ec2>,
    call: Call,
    input: AssociateRouteTableRequest,
) -> Result<AssociateRouteTableResult> {
    refuse(&[("GatewayId", &input.gateway_id), ("PublicIpv4Pool", &input.public_ipv4_pool)])?;
    let table = input.route_table_id.ok_or(Error::MissingParameter("routeTableId"))?;
    let subnet = input.subnet_id.ok_or(Error::MissingParameter("subnetId"))?;
    with_subnet(&mut ec2.committed(), call.account(), &table, &subnet)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    let id = ec2
        .store
        .transact(move |tx| {
            let (table, id) = with_subnet(tx, &account, &table, &subnet)?;
            tx.put(&table)?;
            Ok::<_, Error>(id)
        })
        .await?;
    Ok(AssociateRouteTableResult { association_id: Some(id), association_state: Some(associated()) })
}

pub(super) fn associated() -> RouteTableAssociationState {
    RouteTableAssociationState { state: Some("associated".into()), status_message: None }
}

/// The table with the subnet on it, and the id of their association. Asking twice changes nothing.
fn with_subnet(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    table: &str,
    subnet: &str,
) -> Result<(RouteTable, String)> {
    let mut table: RouteTable = lookup::one(from, account, table)?;
    let subnet: Subnet = lookup::one(from, account, subnet)?;
    if table.vpc != subnet.vpc {
        let message = format!("Route table {} and subnet {} belong to different networks", table.id, subnet.id);
        return Err(Error::InvalidParameterValue(message));
    }
    for other in lookup::by_index::<RouteTable>(from, 0, &table.vpc)? {
        let Some(known) = other.associations.iter().find(|a| a.subnet.as_ref() == Some(&subnet.id)) else { continue };
        if other.id == table.id {
            let id = known.id.clone();
            return Ok((table, id));
        }
        let message =
            format!("The specified association for route table {} conflicts with an existing association", table.id);
        return Err(Error::other("Resource.AlreadyAssociated", message));
    }
    let id = new_id("rtbassoc");
    table.associations.push(RouteTableAssociation { id: id.clone(), subnet: Some(subnet.id) });
    Ok((table, id))
}
