//! One file per operation, named as AWS names it.

mod account;
mod aliases;
mod code_signing;
mod concurrency;
mod event_invoke;
mod functions;
mod invocations;
mod layers;
mod mappings;
mod pages;
mod permissions;
mod tags;
mod urls;
mod versions;

use std::sync::Arc;

use freehold_api::lambda;
use freehold_wire::Service;

use crate::Lambda;

/// The service `lambda`.
pub(crate) fn service(state: &Arc<Lambda>) -> Service {
    let service = Service::new(&lambda::MODEL);
    let service = functions::register(service, state);
    let service = invocations::register(service, state);
    let service = tags::register(service, state);
    let service = versions::register(service, state);
    let service = aliases::register(service, state);
    let service = permissions::register(service, state);
    let service = layers::register(service, state);
    let service = concurrency::register(service, state);
    let service = event_invoke::register(service, state);
    let service = urls::register(service, state);
    let service = code_signing::register(service, state);
    let service = account::register(service, state);
    mappings::register(service, state)
}
