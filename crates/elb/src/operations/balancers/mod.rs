//! Load balancers.

mod create_load_balancer;
mod delete_load_balancer;
mod describe_load_balancer_attributes;
mod describe_load_balancers;
mod modify_load_balancer_attributes;
mod placement;
mod set_ip_address_type;
mod set_security_groups;
mod set_subnets;
mod view;

use std::sync::Arc;

use freehold_api::elbv2::op;
use freehold_wire::Service;

use crate::Elb;

pub(super) fn register(service: Service, elb: &Arc<Elb>) -> Service {
    service
        .on(op::CreateLoadBalancer, elb, create_load_balancer::create_load_balancer)
        .on(op::DeleteLoadBalancer, elb, delete_load_balancer::delete_load_balancer)
        .on(
            op::DescribeLoadBalancerAttributes,
            elb,
            describe_load_balancer_attributes::describe_load_balancer_attributes,
        )
        .on(op::DescribeLoadBalancers, elb, describe_load_balancers::describe_load_balancers)
        .on(op::ModifyLoadBalancerAttributes, elb, modify_load_balancer_attributes::modify_load_balancer_attributes)
        .on(op::SetIpAddressType, elb, set_ip_address_type::set_ip_address_type)
        .on(op::SetSecurityGroups, elb, set_security_groups::set_security_groups)
        .on(op::SetSubnets, elb, set_subnets::set_subnets)
}
