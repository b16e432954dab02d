//! Listeners, their certificates, and what they negotiate.

mod add_listener_certificates;
mod certificates;
mod create_listener;
mod delete_listener;
mod describe_listener_attributes;
mod describe_listener_certificates;
mod describe_listeners;
mod describe_ssl_policies;
mod modify_listener;
mod modify_listener_attributes;
mod remove_listener_certificates;
mod settings;
mod ssl_policies;
mod view;

use std::sync::Arc;

use freehold_api::elbv2::op;
use freehold_wire::Service;

use crate::Elb;

pub(super) fn register(service: Service, elb: &Arc<Elb>) -> Service {
    service
        .on(op::AddListenerCertificates, elb, add_listener_certificates::add_listener_certificates)
        .on(op::CreateListener, elb, create_listener::create_listener)
        .on(op::DeleteListener, elb, delete_listener::delete_listener)
        .on(op::DescribeListenerAttributes, elb, describe_listener_attributes::describe_listener_attributes)
        .on(op::DescribeListenerCertificates, elb, describe_listener_certificates::describe_listener_certificates)
        .on(op::DescribeListeners, elb, describe_listeners::describe_listeners)
        .on(op::DescribeSSLPolicies, elb, describe_ssl_policies::describe_ssl_policies)
        .on(op::ModifyListener, elb, modify_listener::modify_listener)
        .on(op::ModifyListenerAttributes, elb, modify_listener_attributes::modify_listener_attributes)
        .on(op::RemoveListenerCertificates, elb, remove_listener_certificates::remove_listener_certificates)
}
