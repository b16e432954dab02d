//! `DescribeFleetInstances`: those that run. What an instant fleet launched is told by DescribeFleets.

use std::sync::Arc;

use freehold_api::ec2::{ActiveInstance, DescribeFleetInstancesRequest, DescribeFleetInstancesResult};
use freehold_wire::Call;

use super::lookup::{active, one};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::fleet::members;
use crate::model::{FleetApi, FleetKind};
use crate::operations::dry_run;
use crate::pages::Paging;

/// *API reference, DescribeFleetInstances: Filter.N*.
const FILTERS: Table<ActiveInstance> =
    Table { values: &[("instance-type", |one| one.instance_type.iter().cloned().collect())], tags: None };

pub async fn describe_fleet_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeFleetInstancesRequest,
) -> Result<DescribeFleetInstancesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let id = input.fleet_id.ok_or(Error::MissingParameter("FleetId"))?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let fleet = one(&mut ec2.committed(), FleetApi::Ec2, call.account(), &id)?;
    dry_run(input.dry_run)?;
    if fleet.kind == FleetKind::Instant {
        return Err(Error::UnsupportedOperation(
            "DescribeFleetInstances does not support fleets of type instant: DescribeFleets tells their instances."
                .into(),
        ));
    }
    let mut found = active(members::read(&mut ec2.committed(), &id, ec2.now())?);
    found.retain(|one| filters.admit(one));
    let page = paging.page(found, |one| one.instance_id.as_deref().unwrap_or_default())?;
    Ok(DescribeFleetInstancesResult {
        active_instances: Some(page.items),
        next_token: page.next_token,
        fleet_id: Some(id),
    })
}
