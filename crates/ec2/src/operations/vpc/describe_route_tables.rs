//! `DescribeRouteTables`.

use std::sync::Arc;

use freehold_api::ec2::{self as api, DescribeRouteTablesRequest, DescribeRouteTablesResult};
use freehold_wire::Call;

use super::view;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::{RouteTable, Tags};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// A table as it is stored and as it is shown: whether a route leads anywhere is seen when asked.
struct Shown {
    table: RouteTable,
    view: api::RouteTable,
}

/// *API reference, DescribeRouteTables: Filter.N*.
const FILTERS: Table<Shown> = Table {
    values: &[
        ("association.gateway-id", |_| Vec::new()),
        ("association.route-table-association-id", |s| s.table.associations.iter().map(|a| a.id.clone()).collect()),
        ("association.route-table-id", |s| s.table.associations.iter().map(|_| s.table.id.clone()).collect()),
        ("association.subnet-id", |s| s.table.associations.iter().filter_map(|a| a.subnet.clone()).collect()),
        ("association.main", |s| s.table.associations.iter().map(|a| a.subnet.is_none().to_string()).collect()),
        ("owner-id", |s| vec![s.table.account.clone()]),
        ("route-table-id", |s| vec![s.table.id.clone()]),
        ("route.destination-cidr-block", |s| routes(s, |r| r.destination_cidr_block.clone())),
        ("route.destination-ipv6-cidr-block", |_| Vec::new()),
        ("route.destination-prefix-list-id", |_| Vec::new()),
        ("route.egress-only-internet-gateway-id", |_| Vec::new()),
        ("route.gateway-id", |s| routes(s, |r| r.gateway_id.clone())),
        ("route.instance-id", |s| routes(s, |r| r.instance_id.clone())),
        ("route.nat-gateway-id", |_| Vec::new()),
        ("route.transit-gateway-id", |_| Vec::new()),
        ("route.origin", |s| routes(s, |r| r.origin.clone())),
        ("route.state", |s| routes(s, |r| r.state.clone())),
        ("route.vpc-peering-connection-id", |_| Vec::new()),
        ("vpc-id", |s| vec![s.table.vpc.clone()]),
    ],
    tags: Some(tags),
};

fn routes(shown: &Shown, value: fn(&api::Route) -> Option<String>) -> Vec<String> {
    shown.view.routes.iter().flatten().filter_map(value).collect()
}

fn tags(shown: &Shown) -> &Tags {
    &shown.table.tags
}

pub async fn describe_route_tables(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeRouteTablesRequest,
) -> Result<DescribeRouteTablesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=100)?;
    let ids = input.route_table_ids;
    let tables: Vec<RouteTable> = lookup::named_or_all(&mut ec2.committed(), call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    let mut shown = Vec::with_capacity(tables.len());
    for table in tables {
        let view = view::route_table(&ec2, &table)?;
        shown.push(Shown { table, view });
    }
    shown.retain(|table| filters.admit(table));
    let page = paging.page(shown, |shown| &shown.table.id)?;
    let tables = page.items.into_iter().map(|shown| shown.view).collect();
    Ok(DescribeRouteTablesResult { route_tables: Some(tables), next_token: page.next_token })
}
