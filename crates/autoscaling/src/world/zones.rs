//! Subnets and zones.

use std::collections::BTreeMap;

use freehold_api::ec2::{DescribeAvailabilityZonesRequest, DescribeSubnetsRequest, op};
use freehold_wire::Error;

use super::World;

impl World {
    /// Zones of the subnets, by their ids.
    pub async fn subnets(&self, account: &str, ids: &[String]) -> Result<BTreeMap<String, String>, Error> {
        let input = DescribeSubnetsRequest { subnet_ids: Some(ids.to_vec()), ..Default::default() };
        let found = self.call::<op::DescribeSubnets>(account, input).await?.subnets.unwrap_or_default();
        Ok(found
            .into_iter()
            .map(|subnet| (subnet.subnet_id.unwrap_or_default(), subnet.availability_zone.unwrap_or_default()))
            .collect())
    }

    /// Ids of the region's zones, by their names.
    pub async fn zones(&self, account: &str) -> Result<BTreeMap<String, String>, Error> {
        let input = DescribeAvailabilityZonesRequest::default();
        let found = self.call::<op::DescribeAvailabilityZones>(account, input).await?.availability_zones;
        let found = found.unwrap_or_default().into_iter();
        Ok(found.map(|zone| (zone.zone_name.unwrap_or_default(), zone.zone_id.unwrap_or_default())).collect())
    }
}
