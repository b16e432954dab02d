//! `DisassociateRouteTable`. The subnet falls back to the VPC's main table.

use std::sync::Arc;

use freehold_api::ec2::DisassociateRouteTableRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::RouteTable;
use crate::operations::dry_run;

pub async fn disassociate_route_table(ec2: Arc<Ec2>, call: Call, input: DisassociateRouteTableRequest) -> Result<Unit> {
    let id = input.association_id.ok_or(Error::MissingParameter("associationId"))?;
    without_association(&mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let table = without_association(tx, &account, &id)?;
            tx.put(&table)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

fn without_association(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<RouteTable> {
    let (mut table, at) = find(from, account, id)?;
    if table.associations[at].subnet.is_none() {
        let message = format!("cannot disassociate the main route table association {id}");
        return Err(Error::InvalidParameterValue(message));
    }
    table.associations.remove(at);
    Ok(table)
}

/// The caller's table with this association, and where in it that is.
pub(super) fn find(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<(RouteTable, usize)> {
    for table in lookup::all::<RouteTable>(from, account)? {
        if let Some(at) = table.associations.iter().position(|association| association.id == id) {
            return Ok((table, at));
        }
    }
    let message = format!("The association ID '{id}' does not exist");
    Err(Error::NotFound { code: "InvalidAssociationID.NotFound", message })
}
