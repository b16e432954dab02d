//! Published versions.

mod list_versions_by_function;
mod publish_version;

use std::sync::Arc;

use freehold_api::lambda::op;
use freehold_wire::Service;

use crate::Lambda;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service.on(op::ListVersionsByFunction, lambda, list_versions_by_function::list_versions_by_function).on(
        op::PublishVersion,
        lambda,
        publish_version::publish_version,
    )
}
