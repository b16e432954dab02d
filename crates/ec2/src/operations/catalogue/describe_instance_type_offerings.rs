//! `DescribeInstanceTypeOfferings`: every type in every location.

use std::sync::Arc;

use freehold_api::ec2::{
    DescribeInstanceTypeOfferingsRequest, DescribeInstanceTypeOfferingsResult, InstanceTypeOffering,
};
use freehold_wire::Call;

use crate::catalogue;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, Region};

/// *API reference, DescribeInstanceTypeOfferings: Filter.N*.
const FILTERS: Table<InstanceTypeOffering> = Table {
    values: &[
        ("instance-type", |o| o.instance_type.iter().cloned().collect()),
        ("location", |o| o.location.iter().cloned().collect()),
    ],
    tags: None,
};

pub async fn describe_instance_type_offerings(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeInstanceTypeOfferingsRequest,
) -> Result<DescribeInstanceTypeOfferingsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let location_type = input.location_type.as_deref().unwrap_or("region");
    // Without a limit AWS answers at most 1,000 offerings.
    let size = Some(input.max_results.unwrap_or(1000));
    let paging = Paging::new(&call, size, input.next_token).within(5..=1000)?;
    dry_run(input.dry_run)?;

    let offerings = locations(&ec2.region, location_type).into_iter().flat_map(|location| {
        catalogue::all().map(move |kind| InstanceTypeOffering {
            instance_type: Some(kind.name.into()),
            location_type: Some(location_type.into()),
            location: Some(location.into()),
        })
    });
    let keyed = offerings.filter(|offering| filters.admit(offering)).map(|offering| {
        let parts = [&offering.instance_type, &offering.location].map(|part| part.as_deref().unwrap_or_default());
        (parts.join("/"), offering)
    });
    let page = paging.page(keyed.collect(), |(key, _)| key)?;
    Ok(DescribeInstanceTypeOfferingsResult {
        instance_type_offerings: Some(page.items.into_iter().map(|(_, offering)| offering).collect()),
        next_token: page.next_token,
    })
}

/// The locations of a kind. There are no Outposts; other kinds were refused by the model.
fn locations<'r>(region: &'r Region, location_type: &str) -> Vec<&'r str> {
    match location_type {
        "region" => vec![&region.name],
        "availability-zone" => region.zones.iter().map(|zone| zone.name.as_str()).collect(),
        "availability-zone-id" => region.zones.iter().map(|zone| zone.id.as_str()).collect(),
        _ => Vec::new(),
    }
}
