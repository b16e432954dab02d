//! `DescribeAutoScalingNotificationTypes`.

use std::sync::Arc;

use freehold_api::autoscaling::DescribeAutoScalingNotificationTypesAnswer;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::deeds::Notice;
use crate::errors::Result;

pub(super) async fn describe_auto_scaling_notification_types(
    _: Arc<AutoScaling>,
    _: Call,
    _: Unit,
) -> Result<DescribeAutoScalingNotificationTypesAnswer> {
    let names = Notice::ALL.map(|notice| notice.name().to_owned());
    Ok(DescribeAutoScalingNotificationTypesAnswer { auto_scaling_notification_types: Some(names.into()) })
}
