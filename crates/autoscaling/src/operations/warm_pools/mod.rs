//! Warm pools.

mod delete_warm_pool;
mod describe_warm_pool;
mod put_warm_pool;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::DeleteWarmPool, delete_warm_pool::delete_warm_pool)
        .on(op::DescribeWarmPool, describe_warm_pool::describe_warm_pool)
        .on(op::PutWarmPool, put_warm_pool::put_warm_pool)
}
