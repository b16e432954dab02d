//! `DescribeAvailabilityZones`. All zones of a Freehold are on one host; they exist so that programs which spread
//! over zones work unchanged.

use std::sync::Arc;

use freehold_api::ec2::{AvailabilityZone, DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::operations::dry_run;
use crate::{Ec2, Region, Zone};

/// *API reference, DescribeAvailabilityZones: Filter.N*. There are no Local Zones, whose parents some ask for.
const FILTERS: Table<AvailabilityZone> = Table {
    values: &[
        ("group-long-name", |z| z.group_long_name.iter().cloned().collect()),
        ("group-name", |z| z.group_name.iter().cloned().collect()),
        ("message", |_| Vec::new()),
        ("opt-in-status", |z| z.opt_in_status.iter().cloned().collect()),
        ("parent-zone-id", |_| Vec::new()),
        ("parent-zone-name", |_| Vec::new()),
        ("region-name", |z| z.region_name.iter().cloned().collect()),
        ("state", |z| z.state.iter().cloned().collect()),
        ("zone-id", |z| z.zone_id.iter().cloned().collect()),
        ("zone-name", |z| z.zone_name.iter().cloned().collect()),
        ("zone-type", |z| z.zone_type.iter().cloned().collect()),
    ],
    tags: None,
};

pub async fn describe_availability_zones(
    ec2: Arc<Ec2>,
    _call: Call,
    input: DescribeAvailabilityZonesRequest,
) -> Result<DescribeAvailabilityZonesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let (names, ids) = (input.zone_names.unwrap_or_default(), input.zone_ids.unwrap_or_default());
    let zones = &ec2.region.zones;
    if let Some(unknown) = names.iter().find(|name| ec2.region.zone(name).is_none()) {
        return Err(Error::InvalidParameterValue(format!("Invalid availability zone: [{unknown}]")));
    }
    if let Some(unknown) = ids.iter().find(|id| !zones.iter().any(|zone| zone.id == **id)) {
        return Err(Error::InvalidParameterValue(format!("Invalid availability zone-id: [{unknown}]")));
    }
    dry_run(input.dry_run)?;

    let asked =
        |zone: &&Zone| (names.is_empty() && ids.is_empty()) || names.contains(&zone.name) || ids.contains(&zone.id);
    let shown = zones.iter().filter(asked).map(|zone| view(&ec2.region, zone)).filter(|zone| filters.admit(zone));
    Ok(DescribeAvailabilityZonesResult { availability_zones: Some(shown.collect()) })
}

fn view(region: &Region, zone: &Zone) -> AvailabilityZone {
    AvailabilityZone {
        zone_name: Some(zone.name.clone()),
        zone_id: Some(zone.id.clone()),
        region_name: Some(region.name.clone()),
        group_name: Some(format!("{}-zg-1", region.name)),
        network_border_group: Some(region.name.clone()),
        zone_type: Some("availability-zone".into()),
        state: Some("available".into()),
        opt_in_status: Some("opt-in-not-required".into()),
        messages: Some(Vec::new()),
        ..Default::default()
    }
}
