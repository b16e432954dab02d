//! DescribeTargetGroupAttributes.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeTargetGroupAttributesInput, DescribeTargetGroupAttributesOutput};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::model::TargetGroup;

pub(super) async fn describe_target_group_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeTargetGroupAttributesInput,
) -> Result<DescribeTargetGroupAttributesOutput, freehold_wire::Error> {
    let group: TargetGroup = elb.find(call.account(), &input.target_group_arn.unwrap_or_default())?;
    Ok(DescribeTargetGroupAttributesOutput { attributes: Some(view::attributes(&group)) })
}
