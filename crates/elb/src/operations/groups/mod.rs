//! Target groups.

mod create_target_group;
mod delete_target_group;
mod describe_target_group_attributes;
mod describe_target_groups;
mod health_check;
mod matcher;
mod modify_target_group;
mod modify_target_group_attributes;
mod view;

use std::sync::Arc;

use freehold_api::elbv2::op;
use freehold_wire::Service;

use crate::Elb;

pub(super) fn register(service: Service, elb: &Arc<Elb>) -> Service {
    service
        .on(op::CreateTargetGroup, elb, create_target_group::create_target_group)
        .on(op::DeleteTargetGroup, elb, delete_target_group::delete_target_group)
        .on(op::DescribeTargetGroupAttributes, elb, describe_target_group_attributes::describe_target_group_attributes)
        .on(op::DescribeTargetGroups, elb, describe_target_groups::describe_target_groups)
        .on(op::ModifyTargetGroup, elb, modify_target_group::modify_target_group)
        .on(op::ModifyTargetGroupAttributes, elb, modify_target_group_attributes::modify_target_group_attributes)
}
