//! One file per operation, named as AWS names it.

mod add_tags;
mod apply_security_groups_to_load_balancer;
mod attach_load_balancer_to_subnets;
mod configure_health_check;
mod create_app_cookie_stickiness_policy;
mod create_lb_cookie_stickiness_policy;
mod create_load_balancer;
mod create_load_balancer_listeners;
mod create_load_balancer_policy;
mod delete_load_balancer;
mod delete_load_balancer_listeners;
mod delete_load_balancer_policy;
mod deregister_instances_from_load_balancer;
mod describe_account_limits;
mod describe_instance_health;
mod describe_load_balancer_attributes;
mod describe_load_balancer_policies;
mod describe_load_balancer_policy_types;
mod describe_load_balancers;
mod describe_tags;
mod detach_load_balancer_from_subnets;
mod disable_availability_zones_for_load_balancer;
mod enable_availability_zones_for_load_balancer;
mod listeners;
mod lookup;
mod modify_load_balancer_attributes;
mod placement;
mod policies;
mod quotas;
mod register_instances_with_load_balancer;
mod remove_tags;
mod set_load_balancer_listener_ssl_certificate;
mod set_load_balancer_policies_for_backend_server;
mod set_load_balancer_policies_of_listener;
mod view;

use std::sync::Arc;

use freehold_api::elb::{self, op};
use freehold_wire::Service;

use crate::Elb;

/// The service `elasticloadbalancing` of the version 2012-06-01.
pub(crate) fn service(own: &Arc<Elb>) -> Service {
    Service::new(&elb::MODEL)
        .on(op::AddTags, own, add_tags::add_tags)
        .on(
            op::ApplySecurityGroupsToLoadBalancer,
            own,
            apply_security_groups_to_load_balancer::apply_security_groups_to_load_balancer,
        )
        .on(op::AttachLoadBalancerToSubnets, own, attach_load_balancer_to_subnets::attach_load_balancer_to_subnets)
        .on(op::ConfigureHealthCheck, own, configure_health_check::configure_health_check)
        .on(
            op::CreateAppCookieStickinessPolicy,
            own,
            create_app_cookie_stickiness_policy::create_app_cookie_stickiness_policy,
        )
        .on(
            op::CreateLBCookieStickinessPolicy,
            own,
            create_lb_cookie_stickiness_policy::create_lb_cookie_stickiness_policy,
        )
        .on(op::CreateLoadBalancer, own, create_load_balancer::create_load_balancer)
        .on(op::CreateLoadBalancerListeners, own, create_load_balancer_listeners::create_load_balancer_listeners)
        .on(op::CreateLoadBalancerPolicy, own, create_load_balancer_policy::create_load_balancer_policy)
        .on(op::DeleteLoadBalancer, own, delete_load_balancer::delete_load_balancer)
        .on(op::DeleteLoadBalancerListeners, own, delete_load_balancer_listeners::delete_load_balancer_listeners)
        .on(op::DeleteLoadBalancerPolicy, own, delete_load_balancer_policy::delete_load_balancer_policy)
        .on(
            op::DeregisterInstancesFromLoadBalancer,
            own,
            deregister_instances_from_load_balancer::deregister_instances_from_load_balancer,
        )
        .on(op::DescribeAccountLimits, own, describe_account_limits::describe_account_limits)
        .on(op::DescribeInstanceHealth, own, describe_instance_health::describe_instance_health)
        .on(
            op::DescribeLoadBalancerAttributes,
            own,
            describe_load_balancer_attributes::describe_load_balancer_attributes,
        )
        .on(op::DescribeLoadBalancerPolicies, own, describe_load_balancer_policies::describe_load_balancer_policies)
        .on(
            op::DescribeLoadBalancerPolicyTypes,
            own,
            describe_load_balancer_policy_types::describe_load_balancer_policy_types,
        )
        .on(op::DescribeLoadBalancers, own, describe_load_balancers::describe_load_balancers)
        .on(op::DescribeTags, own, describe_tags::describe_tags)
        .on(
            op::DetachLoadBalancerFromSubnets,
            own,
            detach_load_balancer_from_subnets::detach_load_balancer_from_subnets,
        )
        .on(
            op::DisableAvailabilityZonesForLoadBalancer,
            own,
            disable_availability_zones_for_load_balancer::disable_availability_zones_for_load_balancer,
        )
        .on(
            op::EnableAvailabilityZonesForLoadBalancer,
            own,
            enable_availability_zones_for_load_balancer::enable_availability_zones_for_load_balancer,
        )
        .on(op::ModifyLoadBalancerAttributes, own, modify_load_balancer_attributes::modify_load_balancer_attributes)
        .on(
            op::RegisterInstancesWithLoadBalancer,
            own,
            register_instances_with_load_balancer::register_instances_with_load_balancer,
        )
        .on(op::RemoveTags, own, remove_tags::remove_tags)
        .on(
            op::SetLoadBalancerListenerSSLCertificate,
            own,
            set_load_balancer_listener_ssl_certificate::set_load_balancer_listener_ssl_certificate,
        )
        .on(
            op::SetLoadBalancerPoliciesForBackendServer,
            own,
            set_load_balancer_policies_for_backend_server::set_load_balancer_policies_for_backend_server,
        )
        .on(
            op::SetLoadBalancerPoliciesOfListener,
            own,
            set_load_balancer_policies_of_listener::set_load_balancer_policies_of_listener,
        )
}
