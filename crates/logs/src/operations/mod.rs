//! One file per operation, named as AWS names it.

mod events;
mod groups;
mod metric_filters;
mod pages;
mod resource_policies;
mod streams;
mod subscription_filters;
mod tags;

use std::sync::Arc;

use freehold_api::logs;
use freehold_wire::Service;

use crate::Logs;

/// The service `logs`.
pub(crate) fn service(state: &Arc<Logs>) -> Service {
    let service = Service::new(&logs::MODEL);
    let service = groups::register(service, state);
    let service = streams::register(service, state);
    let service = events::register(service, state);
    let service = metric_filters::register(service, state);
    let service = subscription_filters::register(service, state);
    let service = resource_policies::register(service, state);
    tags::register(service, state)
}
