//! `DeleteRoute`.

use std::sync::Arc;

use freehold_api::ec2::DeleteRouteRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;
use ipnet::Ipv4Net;

use super::replace_route::missing;
use super::route_request::{parse_destination, refuse};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{RouteTable, RouteTarget};
use crate::operations::dry_run;

pub async fn delete_route(ec2: Arc<Ec2>, call: Call, input: DeleteRouteRequest) -> Result<Unit> {
    refuse(&[
        ("DestinationPrefixListId", &input.destination_prefix_list_id),
        ("DestinationIpv6CidrBlock", &input.destination_ipv6_cidr_block),
    ])?;
    let table = input.route_table_id.ok_or(Error::MissingParameter("routeTableId"))?;
    let destination = parse_destination(input.destination_cidr_block.as_deref())?;
    without_route(&mut ec2.committed(), call.account(), &table, destination)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let table = without_route(tx, &account, &table, destination)?;
            tx.put(&table)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

fn without_route(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    table: &str,
    destination: Ipv4Net,
) -> Result<RouteTable> {
    let mut table: RouteTable = lookup::one(from, account, table)?;
    let at = table.routes.iter().position(|route| route.destination == destination);
    let at = at.ok_or_else(|| missing(&table.id, destination))?;
    if table.routes[at].target == RouteTarget::Local {
        let message = format!("cannot remove local route {destination} in route table {}", table.id);
        return Err(Error::InvalidParameterValue(message));
    }
    table.routes.remove(at);
    Ok(table)
}
