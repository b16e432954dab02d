//! `DescribeAccountLimits`.

use std::sync::Arc;

use freehold_api::autoscaling::DescribeAccountLimitsAnswer;
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::create_auto_scaling_group::GROUPS_AT_MOST;
use crate::AutoScaling;
use crate::errors::Result;
use crate::model::{Group, LaunchConfiguration};
use crate::operations::launch_configurations::CONFIGURATIONS_AT_MOST;

pub(super) async fn describe_account_limits(
    own: Arc<AutoScaling>,
    call: Call,
    _: Unit,
) -> Result<DescribeAccountLimitsAnswer> {
    let mine = Filter::account(call.account());
    let number = |count: usize| i32::try_from(count).ok();
    Ok(DescribeAccountLimitsAnswer {
        max_number_of_auto_scaling_groups: number(GROUPS_AT_MOST),
        max_number_of_launch_configurations: number(CONFIGURATIONS_AT_MOST),
        number_of_auto_scaling_groups: number(own.store.list::<Group>(&mine)?.len()),
        number_of_launch_configurations: number(own.store.list::<LaunchConfiguration>(&mine)?.len()),
    })
}
