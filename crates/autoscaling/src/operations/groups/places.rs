//! Where a request wants instances to be: in zones, or in subnets.

use std::sync::Arc;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::operations::check;

/// Zones in their order, and subnets with their zones.
pub(super) type Places = (Vec<String>, Vec<(String, String)>);

/// Reads and checks it; `None` where nothing is said.
pub(super) async fn places(
    own: &Arc<AutoScaling>,
    account: &str,
    zones: Option<Vec<String>>,
    zone_ids: Option<Vec<String>>,
    subnets: Option<String>,
) -> Result<Option<Places>> {
    let subnets: Vec<String> = subnets
        .iter()
        .flat_map(|listed| listed.split(','))
        .map(|subnet| subnet.trim().to_owned())
        .filter(|subnet| !subnet.is_empty())
        .collect();
    let (zones, zone_ids) = (zones.unwrap_or_default(), zone_ids.unwrap_or_default());
    if zones.is_empty() && zone_ids.is_empty() && subnets.is_empty() {
        return Ok(None);
    }
    let named = named_zones(own, account, zones, zone_ids).await?;
    if subnets.is_empty() {
        return Ok(Some((named, Vec::new())));
    }
    let found = own.world.subnets(account, &subnets).await.map_err(|error| check::refused("", error))?;
    let subnets: Vec<(String, String)> = subnets
        .into_iter()
        .map(|subnet| {
            let zone = found.get(&subnet).cloned().unwrap_or_default();
            (subnet, zone)
        })
        .collect();
    let mut zones: Vec<String> = subnets.iter().map(|(_, zone)| zone.clone()).collect();
    zones.sort();
    zones.dedup();
    if !named.is_empty() && named != zones {
        return Err(Error::validation(
            "The availability zones of the specified subnets and the Auto Scaling group do not match",
        ));
    }
    Ok(Some((zones, subnets)))
}

async fn named_zones(
    own: &Arc<AutoScaling>,
    account: &str,
    mut zones: Vec<String>,
    ids: Vec<String>,
) -> Result<Vec<String>> {
    let known = own.world.zones(account).await.map_err(|error| check::refused("", error))?;
    for id in ids {
        let zone = known.iter().find(|(_, its)| **its == id).map(|(zone, _)| zone.clone());
        zones.push(zone.ok_or_else(|| invalid(&id))?);
    }
    if let Some(unknown) = zones.iter().find(|zone| !known.contains_key(*zone)) {
        return Err(invalid(unknown));
    }
    zones.sort();
    zones.dedup();
    Ok(zones)
}

fn invalid(zone: &str) -> Error {
    Error::validation(format!("Invalid availability zones: [{zone}]"))
}
