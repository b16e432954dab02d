//! `CreateRoute`.

use std::sync::Arc;

use freehold_api::ec2::{CreateRouteRequest, CreateRouteResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use ipnet::Ipv4Net;

use super::route_request::{Through, parse_destination, refuse_exotic};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{Route, RouteOrigin, RouteTable, RouteTarget};
use crate::operations::dry_run;

/// Routes of one table (*VPC user guide, Amazon VPC quotas*), local ones not counted.
const MAX_ROUTES: usize = 500;

pub async fn create_route(ec2: Arc<Ec2>, call: Call, input: CreateRouteRequest) -> Result<CreateRouteResult> {
    refuse_exotic!(input)?;
    let table = input.route_table_id.ok_or(Error::MissingParameter("routeTableId"))?;
    let destination = parse_destination(input.destination_cidr_block.as_deref())?;
    let through = Through {
        gateway: input.gateway_id,
        instance: input.instance_id,
        interface: input.network_interface_id,
        local: false,
    };
    with_route(&mut ec2.committed(), call.account(), &table, destination, &through)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let table = with_route(tx, &account, &table, destination, &through)?;
            Ok::<_, Error>(tx.put(&table)?)
        })
        .await?;
    Ok(CreateRouteResult { r#return: Some(true) })
}

/// The table with the new route in it.
fn with_route(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    table: &str,
    destination: Ipv4Net,
    through: &Through,
) -> Result<RouteTable> {
    let mut table: RouteTable = lookup::one(from, account, table)?;
    let target = through.find(from, &table)?;
    if table.routes.iter().any(|route| route.destination == destination) {
        let message = format!("The route identified by {destination} already exists.");
        return Err(Error::other("RouteAlreadyExists", message));
    }
    if table.routes.iter().filter(|route| route.target != RouteTarget::Local).count() >= MAX_ROUTES {
        return Err(Error::other("RouteLimitExceeded", "The maximum number of routes has been reached."));
    }
    table.routes.push(Route { destination, target, origin: RouteOrigin::CreateRoute });
    Ok(table)
}
