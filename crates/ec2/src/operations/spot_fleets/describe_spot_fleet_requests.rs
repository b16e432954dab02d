//! `DescribeSpotFleetRequests`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeSpotFleetRequestsRequest, DescribeSpotFleetRequestsResponse};
use freehold_wire::Call;

use super::view::{config, group_names};
use crate::Ec2;
use crate::errors::Result;
use crate::fleet::members;
use crate::model::FleetApi;
use crate::operations::dry_run;
use crate::operations::fleets::lookup::named_or_all;
use crate::pages::Paging;

pub async fn describe_spot_fleet_requests(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSpotFleetRequestsRequest,
) -> Result<DescribeSpotFleetRequestsResponse> {
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let mut store = ec2.committed();
    let fleets = named_or_all(&mut store, FleetApi::Spot, call.account(), input.spot_fleet_request_ids)?;
    dry_run(input.dry_run)?;
    let page = paging.page(fleets, |fleet| &fleet.id)?;
    let groups = group_names(&mut store, call.account())?;
    let mut shown = Vec::with_capacity(page.items.len());
    for fleet in page.items {
        let members = members::read(&mut store, &fleet.id, ec2.now())?;
        shown.push(config(fleet, &members, &groups));
    }
    Ok(DescribeSpotFleetRequestsResponse { next_token: page.next_token, spot_fleet_request_configs: Some(shown) })
}
