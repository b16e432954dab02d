//! `DescribeSpotFleetInstances`: those that run.

use std::sync::Arc;

use freehold_api::ec2::{DescribeSpotFleetInstancesRequest, DescribeSpotFleetInstancesResponse};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::fleet::members;
use crate::model::FleetApi;
use crate::operations::dry_run;
use crate::operations::fleets::lookup::{active, one};
use crate::pages::Paging;

pub async fn describe_spot_fleet_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSpotFleetInstancesRequest,
) -> Result<DescribeSpotFleetInstancesResponse> {
    let id = input.spot_fleet_request_id.ok_or(Error::MissingParameter("SpotFleetRequestId"))?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    one(&mut ec2.committed(), FleetApi::Spot, call.account(), &id)?;
    dry_run(input.dry_run)?;
    let found = active(members::read(&mut ec2.committed(), &id, ec2.now())?);
    let page = paging.page(found, |one| one.instance_id.as_deref().unwrap_or_default())?;
    Ok(DescribeSpotFleetInstancesResponse {
        active_instances: Some(page.items),
        next_token: page.next_token,
        spot_fleet_request_id: Some(id),
    })
}
