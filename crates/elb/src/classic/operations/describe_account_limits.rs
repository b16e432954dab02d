//! DescribeAccountLimits.

use std::sync::Arc;

use freehold_api::elb::{DescribeAccountLimitsInput, DescribeAccountLimitsOutput, Limit};
use freehold_wire::Call;

use super::quotas;
use crate::Elb;
use crate::classic::errors::Error;
use crate::operations::pages;

pub(super) async fn describe_account_limits(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeAccountLimitsInput,
) -> Result<DescribeAccountLimitsOutput, freehold_wire::Error> {
    let _ = elb;
    let all: Vec<_> = quotas::LIMITS.iter().map(|(name, most)| ((*name).to_owned(), *most)).collect();
    let page = pages::cut(&call, all, &[], input.marker, input.page_size, |(name, _)| name);
    let (page, next_marker) = page.map_err(Error::from)?;
    let limit = |(name, most): (String, usize)| Limit { name: Some(name), max: Some(most.to_string()) };
    Ok(DescribeAccountLimitsOutput { limits: Some(page.into_iter().map(limit).collect()), next_marker })
}
