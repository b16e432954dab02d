//! One file per operation, named as AWS names it.

mod metrics;

use std::sync::Arc;

use freehold_api::cloudwatch;
use freehold_wire::Service;

use crate::CloudWatch;

/// The service `cloudwatch`.
pub(crate) fn service(state: &Arc<CloudWatch>) -> Service {
    let service = Service::new(&cloudwatch::MODEL);
    metrics::register(service, state)
}
