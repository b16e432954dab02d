//! One file per operation, named as AWS names it.

mod balancers;
mod describe_account_limits;
mod groups;
mod listeners;
mod lookup;
pub(crate) mod pages;
mod quotas;
pub(crate) mod resource_names;
mod rules;
mod tags;
mod targets;

use std::sync::Arc;

use freehold_api::elbv2::{self, op};
use freehold_wire::Service;

use crate::Elb;

/// The service `elbv2`.
pub(crate) fn service(elb: &Arc<Elb>) -> Service {
    let service = Service::new(&elbv2::MODEL);
    let service = balancers::register(service, elb);
    let service = listeners::register(service, elb);
    let service = rules::register(service, elb);
    let service = groups::register(service, elb);
    let service = targets::register(service, elb);
    let service = tags::register(service, elb);
    service.on(op::DescribeAccountLimits, elb, describe_account_limits::describe_account_limits)
}
