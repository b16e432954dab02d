//! `ReplaceRoute`.

use std::sync::Arc;

use freehold_api::ec2::ReplaceRouteRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;
use ipnet::Ipv4Net;

use super::route_request::{Through, parse_destination, refuse_exotic};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::RouteTable;
use crate::operations::dry_run;

pub async fn replace_route(ec2: Arc<Ec2>, call: Call, input: ReplaceRouteRequest) -> Result<Unit> {
    refuse_exotic!(input)?;
    let table = input.route_table_id.ok_or(Error::MissingParameter("routeTableId"))?;
    let destination = parse_destination(input.destination_cidr_block.as_deref())?;
    let through = Through {
        gateway: input.gateway_id,
        instance: input.instance_id,
        interface: input.network_interface_id,
        local: input.local_target == Some(true),
    };
    with_route(&mut ec2.committed(), call.account(), &table, destination, &through)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let table = with_route(tx, &account, &table, destination, &through)?;
            tx.put(&table)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

/// The table with the route leading elsewhere.
fn with_route(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    table: &str,
    destination: Ipv4Net,
    through: &Through,
) -> Result<RouteTable> {
    let mut table: RouteTable = lookup::one(from, account, table)?;
    let target = through.find(from, &table)?;
    let (id, route) = (table.id.clone(), table.routes.iter_mut().find(|route| route.destination == destination));
    route.ok_or_else(|| missing(&id, destination))?.target = target;
    Ok(table)
}

/// AWS's answer to a destination that a table has no route for.
pub(super) fn missing(table: &str, destination: Ipv4Net) -> Error {
    let message = format!("no route with destination-cidr-block {destination} in route table {table}");
    Error::NotFound { code: "InvalidRoute.NotFound", message }
}
