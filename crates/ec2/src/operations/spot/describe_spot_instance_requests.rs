//! `DescribeSpotInstanceRequests`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeSpotInstanceRequestsRequest, DescribeSpotInstanceRequestsResult};
use freehold_wire::Call;

use super::filters::FILTERS;
use super::view::view;
use crate::errors::{Error, Result};
use crate::filters::Filters;
use crate::model::SpotRequest;
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

pub async fn describe_spot_instance_requests(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSpotInstanceRequestsRequest,
) -> Result<DescribeSpotInstanceRequestsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.spot_instance_request_ids.filter(|ids| !ids.is_empty());
    if ids.is_some() && input.max_results.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The parameter spotInstanceRequestIds cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut store = ec2.committed();
    let mut requests: Vec<SpotRequest> = lookup::named_or_all(&mut store, call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    requests.retain(|request| filters.admit(request));
    let page = paging.page(requests, |request| &request.id)?;
    let shown = view(&mut store, call.account(), page.items)?;
    Ok(DescribeSpotInstanceRequestsResult { spot_instance_requests: Some(shown), next_token: page.next_token })
}
