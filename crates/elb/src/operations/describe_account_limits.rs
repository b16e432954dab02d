//! DescribeAccountLimits.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeAccountLimitsInput, DescribeAccountLimitsOutput, Limit};
use freehold_wire::Call;

use super::{pages, quotas};
use crate::Elb;

pub(super) async fn describe_account_limits(
    _: Arc<Elb>,
    call: Call,
    input: DescribeAccountLimitsInput,
) -> Result<DescribeAccountLimitsOutput, freehold_wire::Error> {
    let all: Vec<_> = quotas::LIMITS.iter().map(|(name, most)| ((*name).to_owned(), *most)).collect();
    let (page, next_marker) = pages::cut(&call, all, &[], input.marker, input.page_size, |(name, _)| name)?;
    let limit = |(name, most): (String, usize)| Limit { name: Some(name), max: Some(most.to_string()) };
    Ok(DescribeAccountLimitsOutput { limits: Some(page.into_iter().map(limit).collect()), next_marker })
}
