//! `DescribeWarmPool`.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribeWarmPoolAnswer, DescribeWarmPoolType};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::{check, pages, show};

pub(super) async fn describe_warm_pool(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeWarmPoolType,
) -> Result<DescribeWarmPoolAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let group = own.group(call.account(), &name)?;
    let mut members = own.members(&group.id)?;
    members.retain(|member| member.warmed && member.instance.is_some());
    let token = input.next_token.as_deref();
    let (members, next_token) = pages::page(&call, members, input.max_records, pages::MOST, token, |one| &one.key)?;
    Ok(DescribeWarmPoolAnswer {
        warm_pool_configuration: group.warm_pool.as_ref().map(show::warm_pool),
        instances: Some(members.iter().filter_map(|member| show::instance(&group, member)).collect()),
        next_token,
    })
}
