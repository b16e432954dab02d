//! DescribeListenerAttributes.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeListenerAttributesInput, DescribeListenerAttributesOutput};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::model::Listener;

pub(super) async fn describe_listener_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeListenerAttributesInput,
) -> Result<DescribeListenerAttributesOutput, freehold_wire::Error> {
    let listener: Listener = elb.find(call.account(), &input.listener_arn.unwrap_or_default())?;
    Ok(DescribeListenerAttributesOutput { attributes: Some(view::attributes(&listener)) })
}
