//! `DescribeVpcs`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeVpcsRequest, DescribeVpcsResult};
use freehold_wire::Call;

use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::{Tenancy, Vpc};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

use super::view;

/// *API reference, DescribeVpcs: Filter.N*. VPCs have no IPv6 blocks, so that those filters match nothing.
const FILTERS: Table<Vpc> = Table {
    values: &[
        ("cidr", |v| v.primary_cidr().map(|cidr| cidr.to_string()).into_iter().collect()),
        ("cidr-block-association.cidr-block", |v| v.cidrs.iter().map(|a| a.cidr.to_string()).collect()),
        ("cidr-block-association.association-id", |v| v.cidrs.iter().map(|a| a.id.clone()).collect()),
        ("cidr-block-association.state", |v| v.cidrs.iter().map(|_| "associated".to_owned()).collect()),
        ("dhcp-options-id", |v| vec![v.dhcp_options.clone()]),
        ("instance-tenancy", |v| vec![if v.tenancy == Tenancy::Dedicated { "dedicated" } else { "default" }.into()]),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |_| Vec::new()),
        ("ipv6-cidr-block-association.ipv6-pool", |_| Vec::new()),
        ("ipv6-cidr-block-association.association-id", |_| Vec::new()),
        ("ipv6-cidr-block-association.state", |_| Vec::new()),
        ("is-default", |v| vec![v.is_default.to_string()]),
        // Both spellings are accepted, as AWS does.
        ("isDefault", |v| vec![v.is_default.to_string()]),
        ("owner-id", |v| vec![v.account.clone()]),
        ("state", |_| vec!["available".into()]),
        ("vpc-id", |v| vec![v.id.clone()]),
    ],
    tags: Some(|v| &v.tags),
};

pub async fn describe_vpcs(ec2: Arc<Ec2>, call: Call, input: DescribeVpcsRequest) -> Result<DescribeVpcsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut vpcs: Vec<Vpc> = lookup::named_or_all(&mut ec2.committed(), call.account(), input.vpc_ids.as_deref())?;
    dry_run(input.dry_run)?;

    vpcs.retain(|vpc| filters.admit(vpc));
    let page = paging.page(vpcs, |vpc| &vpc.id)?;
    Ok(DescribeVpcsResult { vpcs: Some(page.items.iter().map(view::vpc).collect()), next_token: page.next_token })
}
