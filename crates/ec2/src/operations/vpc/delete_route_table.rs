//! `DeleteRouteTable`.

use std::sync::Arc;

use freehold_api::ec2::DeleteRouteTableRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::RouteTable;
use crate::operations::dry_run;

pub async fn delete_route_table(ec2: Arc<Ec2>, call: Call, input: DeleteRouteTableRequest) -> Result<Unit> {
    let id = input.route_table_id.ok_or(Error::MissingParameter("routeTableId"))?;
    check_unused(&mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            check_unused(tx, &account, &id)?;
            tx.delete::<RouteTable>(&id)?;
            Ok(Unit)
        })
        .await
}

/// Subnets must be taken away first, and the main table goes with its VPC only.
fn check_unused(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<()> {
    let table: RouteTable = lookup::one(from, account, id)?;
    if table.associations.is_empty() {
        return Ok(());
    }
    Err(Error::DependencyViolation(format!("The routeTable '{id}' has dependencies and cannot be deleted.")))
}
