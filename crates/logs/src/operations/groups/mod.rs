//! Log groups and how long they keep events.

mod create_log_group;
mod delete_log_group;
mod delete_retention_policy;
mod describe_log_groups;
mod put_log_group_deletion_protection;
mod put_retention_policy;

use std::sync::Arc;

use freehold_api::logs::op;
use freehold_wire::Service;

use crate::Logs;

pub(super) fn register(service: Service, state: &Arc<Logs>) -> Service {
    service
        .on(op::CreateLogGroup, state, create_log_group::create_log_group)
        .on(op::DeleteLogGroup, state, delete_log_group::delete_log_group)
        .on(op::DescribeLogGroups, state, describe_log_groups::describe_log_groups)
        .on(op::PutRetentionPolicy, state, put_retention_policy::put_retention_policy)
        .on(op::DeleteRetentionPolicy, state, delete_retention_policy::delete_retention_policy)
        .on(
            op::PutLogGroupDeletionProtection,
            state,
            put_log_group_deletion_protection::put_log_group_deletion_protection,
        )
}
