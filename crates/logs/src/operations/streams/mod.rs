//! Log streams.

mod create_log_stream;
mod delete_log_stream;
mod describe_log_streams;

use std::sync::Arc;

use freehold_api::logs::op;
use freehold_wire::Service;

use crate::Logs;

pub(super) fn register(service: Service, state: &Arc<Logs>) -> Service {
    service
        .on(op::CreateLogStream, state, create_log_stream::create_log_stream)
        .on(op::DeleteLogStream, state, delete_log_stream::delete_log_stream)
        .on(op::DescribeLogStreams, state, describe_log_streams::describe_log_streams)
}
