//! `EnterStandby`: they stay in the group and receive no traffic.

use std::sync::Arc;

use freehold_api::autoscaling::{EnterStandbyAnswer, EnterStandbyQuery};
use freehold_wire::Call;

use super::leaving::{Leaving, leave};
use crate::AutoScaling;
use crate::errors::Result;
use crate::model::{Event, Phase};
use crate::operations::check;

const RESTING: Leaving = Leaving {
    from: &[Phase::InService],
    event: Event::Rested,
    verb: "enter standby",
    happened: "was moved to standby",
    doing: "Moving EC2 instance to Standby",
};

pub(super) async fn enter_standby(
    own: Arc<AutoScaling>,
    call: Call,
    input: EnterStandbyQuery,
) -> Result<EnterStandbyAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let ids = input.instance_ids.unwrap_or_default();
    let shrinks = input.should_decrement_desired_capacity == Some(true);
    let now = own.now();
    let left = own.change_group(call.account(), &name, move |tx, group| leave(tx, group, &ids, shrinks, &RESTING, now));
    Ok(EnterStandbyAnswer { activities: Some(left.await?) })
}
