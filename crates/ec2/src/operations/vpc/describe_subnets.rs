//! `DescribeSubnets`.

use std::sync::Arc;

use freehold_api::ec2::{self as api, DescribeSubnetsRequest, DescribeSubnetsResult};
use freehold_wire::Call;

use super::view;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::{Subnet, Tags};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// A subnet as it is stored and as it is shown: free addresses are counted when asked for.
struct Shown {
    subnet: Subnet,
    view: api::Subnet,
}

/// *API reference, DescribeSubnets: Filter.N*. Subnets have no IPv6 blocks and are on no Outpost.
const FILTERS: Table<Shown> = Table {
    values: &[
        ("availability-zone", |s| vec![s.subnet.zone.clone()]),
        ("availabilityZone", |s| vec![s.subnet.zone.clone()]),
        ("availability-zone-id", |s| vec![s.subnet.zone_id.clone()]),
        ("availabilityZoneId", |s| vec![s.subnet.zone_id.clone()]),
        ("available-ip-address-count", |s| s.view.available_ip_address_count.iter().map(i32::to_string).collect()),
        ("cidr-block", |s| vec![s.subnet.cidr.to_string()]),
        ("cidr", |s| vec![s.subnet.cidr.to_string()]),
        ("cidrBlock", |s| vec![s.subnet.cidr.to_string()]),
        ("customer-owned-ipv4-pool", |_| Vec::new()),
        ("default-for-az", |s| vec![s.subnet.default_for_az.to_string()]),
        ("defaultForAz", |s| vec![s.subnet.default_for_az.to_string()]),
        ("enable-dns64", |_| vec!["false".into()]),
        ("enable-lni-at-device-index", |_| Vec::new()),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |_| Vec::new()),
        ("ipv6-cidr-block-association.association-id", |_| Vec::new()),
        ("ipv6-cidr-block-association.state", |_| Vec::new()),
        ("ipv6-native", |_| vec!["false".into()]),
        ("map-customer-owned-ip-on-launch", |_| vec!["false".into()]),
        ("map-public-ip-on-launch", |s| vec![s.subnet.map_public_ip_on_launch.to_string()]),
        ("outpost-arn", |_| Vec::new()),
        ("owner-id", |s| vec![s.subnet.account.clone()]),
        ("private-dns-name-options-on-launch.hostname-type", |s| vec![s.subnet.hostname_type.clone()]),
        ("private-dns-name-options-on-launch.enable-resource-name-dns-a-record", |s| {
            vec![s.subnet.dns_a_record.to_string()]
        }),
        ("private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", |_| vec!["false".into()]),
        ("state", |_| vec!["available".into()]),
        ("subnet-arn", |s| s.view.subnet_arn.iter().cloned().collect()),
        ("subnet-id", |s| vec![s.subnet.id.clone()]),
        ("vpc-id", |s| vec![s.subnet.vpc.clone()]),
    ],
    tags: Some(tags),
};

fn tags(shown: &Shown) -> &Tags {
    &shown.subnet.tags
}

pub async fn describe_subnets(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSubnetsRequest,
) -> Result<DescribeSubnetsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let subnets: Vec<Subnet> = lookup::named_or_all(&mut ec2.committed(), call.account(), input.subnet_ids.as_deref())?;
    dry_run(input.dry_run)?;

    let mut shown = Vec::with_capacity(subnets.len());
    for subnet in subnets {
        let view = view::subnet(&ec2, &subnet)?;
        shown.push(Shown { subnet, view });
    }
    shown.retain(|subnet| filters.admit(subnet));
    let page = paging.page(shown, |shown| &shown.subnet.id)?;
    let subnets = page.items.into_iter().map(|shown| shown.view).collect();
    Ok(DescribeSubnetsResult { subnets: Some(subnets), next_token: page.next_token })
}
