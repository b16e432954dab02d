//! One file per operation, named as AWS names it.

mod alarms;
mod metrics;
mod tags;

use std::sync::Arc;

use freehold_api::cloudwatch;
use freehold_wire::Service;

use crate::CloudWatch;

/// The service `cloudwatch`.
pub(crate) fn service(state: &Arc<CloudWatch>) -> Service {
    let service = Service::new(&cloudwatch::MODEL);
    let service = metrics::register(service, state);
    let service = alarms::register(service, state);
    tags::register(service, state)
}
