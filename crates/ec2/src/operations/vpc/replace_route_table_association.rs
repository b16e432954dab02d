//! `ReplaceRouteTableAssociation`: another table for a subnet, or another main table for a VPC.

use std::sync::Arc;

use freehold_api::ec2::{ReplaceRouteTableAssociationRequest, ReplaceRouteTableAssociationResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::associate_route_table::associated;
use super::disassociate_route_table::find;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::RouteTable;
use crate::operations::dry_run;
use crate::{Ec2, new_id};

pub async fn replace_route_table_association(
    ec2: Arc<Ec2>,
    call: Call,
    input: ReplaceRouteTableAssociationRequest,
) -> Result<ReplaceRouteTableAssociationResult> {
    let association = input.association_id.ok_or(Error::MissingParameter("associationId"))?;
    let table = input.route_table_id.ok_or(Error::MissingParameter("routeTableId"))?;
    moved(&mut ec2.committed(), call.account(), &association, &table)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    let id = ec2
        .store
        .transact(move |tx| {
            let Moved { from, to, id } = moved(tx, &account, &association, &table)?;
            if let Some(from) = from {
                tx.put(&from)?;
                tx.put(&to)?;
            }
            Ok::<_, Error>(id)
        })
        .await?;
    Ok(ReplaceRouteTableAssociationResult { new_association_id: Some(id), association_state: Some(associated()) })
}

/// Both tables after the move.
struct Moved {
    /// `None`: the association is where it should be already.
    from: Option<RouteTable>,
    to: RouteTable,
    id: String,
}

fn moved(reader: &mut (impl Reader + ?Sized), account: &str, association: &str, table: &str) -> Result<Moved> {
    let (mut from, at) = find(reader, account, association)?;
    let mut to: RouteTable = lookup::one(reader, account, table)?;
    if from.id == to.id {
        return Ok(Moved { from: None, to, id: association.to_owned() });
    }
    if from.vpc != to.vpc {
        let message = format!("Route tables {} and {} belong to different networks", from.id, to.id);
        return Err(Error::InvalidParameterValue(message));
    }
    let mut association = from.associations.remove(at);
    association.id = new_id("rtbassoc");
    let id = association.id.clone();
    to.associations.push(association);
    Ok(Moved { from: Some(from), to, id })
}
