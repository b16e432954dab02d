//! `DescribeInternetGateways`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult};
use freehold_wire::Call;

use super::view;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::InternetGateway;
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// *API reference, DescribeInternetGateways: Filter.N*.
const FILTERS: Table<InternetGateway> = Table {
    values: &[
        ("attachment.state", |g| g.vpc.iter().map(|_| "available".to_owned()).collect()),
        ("attachment.vpc-id", |g| g.vpc.iter().cloned().collect()),
        ("internet-gateway-id", |g| vec![g.id.clone()]),
        ("owner-id", |g| vec![g.account.clone()]),
    ],
    tags: Some(|g| &g.tags),
};

pub async fn describe_internet_gateways(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeInternetGatewaysRequest,
) -> Result<DescribeInternetGatewaysResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let ids = input.internet_gateway_ids;
    let mut gateways: Vec<InternetGateway> =
        lookup::named_or_all(&mut ec2.committed(), call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    gateways.retain(|gateway| filters.admit(gateway));
    let page = paging.page(gateways, |gateway| &gateway.id)?;
    let shown = page.items.iter().map(view::internet_gateway).collect();
    Ok(DescribeInternetGatewaysResult { internet_gateways: Some(shown), next_token: page.next_token })
}
