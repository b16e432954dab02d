//! `DescribeSpotPriceHistory`: of each type in each zone what it cost, from the newest price to the one that was in force at
//! the beginning of the time that is asked for. Everything that is sold as Spot changes its price at once.

use std::sync::Arc;

use freehold_api::ec2::{DescribeSpotPriceHistoryRequest, DescribeSpotPriceHistoryResult, SpotPrice};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::catalogue::InstanceType;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::region::Zone;
use crate::spot::market::Market;
use crate::spot::price::Price;
use crate::{Ec2, catalogue};

/// *API reference, DescribeSpotPriceHistory: Filter.N*.
const FILTERS: Table<SpotPrice> = Table {
    values: &[
        ("availability-zone", |p| p.availability_zone.iter().cloned().collect()),
        ("availability-zone-id", |p| p.availability_zone_id.iter().cloned().collect()),
        ("instance-type", |p| p.instance_type.iter().cloned().collect()),
        ("product-description", |p| p.product_description.iter().cloned().collect()),
        ("spot-price", |p| p.spot_price.iter().cloned().collect()),
        ("timestamp", |p| p.timestamp.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).into_iter().collect()),
    ],
    tags: None,
};

const PRODUCT: &str = "Linux/UNIX";
/// What is asked of VPCs is told of them too; it is the same machine.
const PRODUCTS: [&str; 2] = [PRODUCT, "Linux/UNIX (Amazon VPC)"];

pub async fn describe_spot_price_history(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSpotPriceHistoryRequest,
) -> Result<DescribeSpotPriceHistoryResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let types = input.instance_types.filter(|types| !types.is_empty());
    if let Some(unknown) = types.iter().flatten().find(|name| catalogue::find(name).is_none()) {
        return Err(Error::InvalidParameterValue(format!("Invalid value '{unknown}' for InstanceType.")));
    }
    if let (Some(start), Some(end)) = (input.start_time, input.end_time)
        && start > end
    {
        return Err(Error::InvalidParameterCombination("EndTime must not come before StartTime.".into()));
    }
    let zones = zones(&ec2, input.availability_zone.as_deref(), input.availability_zone_id.as_deref())?;
    // Without a limit AWS answers at most 1,000 prices.
    let size = Some(input.max_results.unwrap_or(1000));
    let paging = Paging::new(&call, size, input.next_token).within(1..=1000)?;
    dry_run(input.dry_run)?;

    let products = input.product_descriptions.filter(|products| !products.is_empty());
    let is_sold = products.is_none_or(|asked| asked.iter().any(|product| PRODUCTS.contains(&product.as_str())));
    let market = Market::read(&mut ec2.committed())?;
    let shares = asked(&market, input.start_time, input.end_time);
    let named = |name: &str| types.as_ref().is_none_or(|types| types.iter().any(|one| one == name));
    let kinds: Vec<InstanceType> =
        catalogue::all().filter(|kind| is_sold && kind.usage_classes.contains(&"spot") && named(kind.name)).collect();
    let all = shares.into_iter().flat_map(|(since, share)| {
        let prices = kinds.iter().filter_map(move |kind| Some((kind.name, Price::at_share(kind, share)?)));
        prices
            .flat_map(|(name, price)| zones.iter().map(move |zone| shown(name, price, zone, since)))
            .collect::<Vec<_>>()
    });
    let page = paging.next_of(all.filter(|(_, price)| filters.admit(price)), |(key, _)| key)?;
    Ok(DescribeSpotPriceHistoryResult {
        spot_price_history: Some(page.items.into_iter().map(|(_, price)| price).collect()),
        next_token: page.next_token,
    })
}

/// The shares of that time, newest first, and the one that was in force when it began.
fn asked(market: &Market, start: Option<Timestamp>, end: Option<Timestamp>) -> Vec<(Timestamp, u32)> {
    let mut asked = Vec::new();
    for (since, share) in market.newest_first().filter(|(since, _)| end.is_none_or(|end| *since <= end)) {
        asked.push((since, share));
        if start.is_some_and(|start| since <= start) {
            break;
        }
    }
    asked
}

fn zones<'r>(ec2: &'r Ec2, name: Option<&str>, id: Option<&str>) -> Result<Vec<&'r Zone>> {
    let is_named = |zone: &&Zone| name.is_none_or(|name| zone.name == name) && id.is_none_or(|id| zone.id == id);
    let found: Vec<&Zone> = ec2.region.zones.iter().filter(is_named).collect();
    if found.is_empty() {
        let said = name.or(id).unwrap_or_default();
        return Err(Error::InvalidParameterValue(format!("Invalid availability zone: [{said}]")));
    }
    Ok(found)
}

fn shown(name: &str, price: Price, zone: &Zone, since: Timestamp) -> (String, SpotPrice) {
    let shown = SpotPrice {
        availability_zone: Some(zone.name.clone()),
        availability_zone_id: Some(zone.id.clone()),
        instance_type: Some(name.to_owned()),
        product_description: Some(PRODUCT.into()),
        spot_price: Some(price.to_string()),
        timestamp: Some(since),
    };
    // Sorts the newest first.
    (format!("{:020}/{name}/{}", u64::MAX - since.as_second().unsigned_abs(), zone.name), shown)
}
