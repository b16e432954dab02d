//! Metrics: put, listed, asked for.

mod datum;
mod get_metric_data;
mod get_metric_statistics;
mod label;
mod list_metrics;
mod put_metric_data;

use std::sync::Arc;

use freehold_api::cloudwatch::op;
use freehold_wire::Service;

use crate::CloudWatch;

pub(super) fn register(service: Service, state: &Arc<CloudWatch>) -> Service {
    service
        .on(op::PutMetricData, state, put_metric_data::put_metric_data)
        .on(op::ListMetrics, state, list_metrics::list_metrics)
        .on(op::GetMetricStatistics, state, get_metric_statistics::get_metric_statistics)
        .on(op::GetMetricData, state, get_metric_data::get_metric_data)
}
