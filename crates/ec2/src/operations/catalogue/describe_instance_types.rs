//! `DescribeInstanceTypes`. The whole catalogue is described, whatever this host can hold: RunInstances tells what
//! it cannot.

use std::sync::Arc;

use freehold_api::ec2::{DescribeInstanceTypesRequest, DescribeInstanceTypesResult, InstanceTypeInfo};
use freehold_wire::Call;

use super::type_filters::FILTERS;
use super::view;
use crate::catalogue::{self, InstanceType};
use crate::errors::{Error, Result};
use crate::filters::Filters;
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, filters};

/// *API reference, DescribeInstanceTypes: InstanceType.N*: at most 100.
const MAX_NAMES: usize = 100;

/// What a page holds when the request does not say (*API reference, DescribeInstanceTypes: MaxResults*).
const PAGE: i32 = 100;

pub async fn describe_instance_types(
    _ec2: Arc<Ec2>,
    call: Call,
    input: DescribeInstanceTypesRequest,
) -> Result<DescribeInstanceTypesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let names = input.instance_types.unwrap_or_default();
    if !names.is_empty() && input.max_results.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The parameter instanceTypes cannot be used with the parameter maxResults".into(),
        ));
    }
    if names.len() > MAX_NAMES {
        return Err(Error::InvalidParameterValue(format!("You may specify up to {MAX_NAMES} instance types")));
    }
    let page_size = if names.is_empty() { Some(input.max_results.unwrap_or(PAGE)) } else { None };
    let paging = Paging::new(&call, page_size, input.next_token).within(5..=100)?;
    let types = named_or_all(&names)?;
    dry_run(input.dry_run)?;

    let described: Vec<InstanceTypeInfo> =
        types.iter().map(view::instance_type).filter(|info| filters.admit(info)).collect();
    let page = paging.page(described, |info| info.instance_type.as_deref().unwrap_or_default())?;
    Ok(DescribeInstanceTypesResult { instance_types: Some(page.items), next_token: page.next_token })
}

/// The types of these names, which may hold `*` and `?`; all if there are none.
fn named_or_all(names: &[String]) -> Result<Vec<InstanceType>> {
    if names.is_empty() {
        return Ok(catalogue::all().collect());
    }
    let is_plain = |name: &&String| !name.contains(['*', '?']);
    let unknown: Vec<&str> =
        names.iter().filter(is_plain).filter(|name| catalogue::find(name).is_none()).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(Error::other(
            "InvalidInstanceType",
            format!("The following supplied instance types do not exist: [{}]", unknown.join(", ")),
        ));
    }
    if names.iter().all(|name| is_plain(&name)) {
        let mut types: Vec<_> = names.iter().filter_map(|name| catalogue::find(name)).collect();
        types.sort_by_key(|kind| kind.name);
        types.dedup_by_key(|kind| kind.name);
        return Ok(types);
    }
    Ok(catalogue::all().filter(|kind| names.iter().any(|name| filters::matches(name, kind.name))).collect())
}
