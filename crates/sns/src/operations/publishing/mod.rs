//! Publishing.

mod publish;
mod publish_batch;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_wire::Service;

use crate::Sns;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    service.on(op::Publish, sns, publish::publish).on(op::PublishBatch, sns, publish_batch::publish_batch)
}
