//! Instance refreshes.

mod active;
mod cancel_instance_refresh;
mod describe_instance_refreshes;
mod preferences;
mod rollback_instance_refresh;
mod start_instance_refresh;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::CancelInstanceRefresh, cancel_instance_refresh::cancel_instance_refresh)
        .on(op::DescribeInstanceRefreshes, describe_instance_refreshes::describe_instance_refreshes)
        .on(op::RollbackInstanceRefresh, rollback_instance_refresh::rollback_instance_refresh)
        .on(op::StartInstanceRefresh, start_instance_refresh::start_instance_refresh)
}
