//! `DescribeInstances`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeInstancesRequest, DescribeInstancesResult};
use freehold_wire::Call;

use super::filters::FILTERS;
use super::view::{gather, reservations};
use crate::errors::{Error, Result};
use crate::filters::Filters;
use crate::model::Instance;
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

pub async fn describe_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeInstancesRequest,
) -> Result<DescribeInstancesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.instance_ids.filter(|ids| !ids.is_empty());
    if ids.is_some() && input.max_results.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The parameter instancesSet cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut store = ec2.committed();
    let instances: Vec<Instance> = lookup::named_or_all(&mut store, call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    let mut shown = gather(&mut store, &ec2.region, call.account(), instances)?;
    shown.retain(|one| filters.admit(one));
    let page = paging.page(shown, |one| &one.instance.id)?;
    Ok(DescribeInstancesResult { reservations: Some(reservations(page.items)), next_token: page.next_token })
}
