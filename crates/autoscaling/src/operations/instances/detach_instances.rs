//! `DetachInstances`: they leave the group and run on.

use std::sync::Arc;

use freehold_api::autoscaling::{DetachInstancesAnswer, DetachInstancesQuery};
use freehold_wire::Call;

use super::leaving::{Leaving, leave};
use crate::AutoScaling;
use crate::errors::Result;
use crate::model::{Event, Phase};
use crate::operations::check;

const DETACHING: Leaving = Leaving {
    from: &[Phase::InService, Phase::Standby],
    event: Event::Detached,
    verb: "detach",
    happened: "was detached",
    doing: "Detaching EC2 instance",
};

pub(super) async fn detach_instances(
    own: Arc<AutoScaling>,
    call: Call,
    input: DetachInstancesQuery,
) -> Result<DetachInstancesAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let ids = input.instance_ids.unwrap_or_default();
    let shrinks = input.should_decrement_desired_capacity == Some(true);
    let now = own.now();
    let left =
        own.change_group(call.account(), &name, move |tx, group| leave(tx, group, &ids, shrinks, &DETACHING, now));
    Ok(DetachInstancesAnswer { activities: Some(left.await?) })
}
