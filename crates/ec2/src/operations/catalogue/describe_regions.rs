//! `DescribeRegions`. A Freehold is one region and knows of no other.

use std::sync::Arc;

use freehold_api::ec2::{DescribeRegionsRequest, DescribeRegionsResult, Region};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::operations::dry_run;
use crate::{Ec2, filters};

/// *API reference, DescribeRegions: Filter.N*.
const FILTERS: Table<Region> = Table {
    values: &[
        ("endpoint", |r| r.endpoint.iter().cloned().collect()),
        ("opt-in-status", |r| r.opt_in_status.iter().cloned().collect()),
        ("region-name", |r| r.region_name.iter().cloned().collect()),
    ],
    tags: None,
};

pub async fn describe_regions(
    ec2: Arc<Ec2>,
    _call: Call,
    input: DescribeRegionsRequest,
) -> Result<DescribeRegionsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let name = &ec2.region.name;
    let asked = input.region_names.unwrap_or_default();
    if let Some(unknown) = asked.iter().find(|asked| !filters::matches(asked, name)) {
        return Err(Error::invalid_value("regionName", unknown, format_args!("This Freehold is the region {name}.")));
    }
    dry_run(input.dry_run)?;

    let region = Region {
        region_name: Some(name.clone()),
        endpoint: Some(format!("ec2.{name}.amazonaws.com")),
        opt_in_status: Some("opt-in-not-required".into()),
        ..Default::default()
    };
    Ok(DescribeRegionsResult { regions: Some(Some(region).into_iter().filter(|r| filters.admit(r)).collect()) })
}
