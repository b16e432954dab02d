//! Metric filters.

mod delete_metric_filter;
mod describe_metric_filters;
mod put_metric_filter;
mod test_metric_filter;

use std::sync::Arc;

use freehold_api::logs::op;
use freehold_wire::Service;

use crate::Logs;

pub(super) fn register(service: Service, state: &Arc<Logs>) -> Service {
    service
        .on(op::PutMetricFilter, state, put_metric_filter::put_metric_filter)
        .on(op::DescribeMetricFilters, state, describe_metric_filters::describe_metric_filters)
        .on(op::DeleteMetricFilter, state, delete_metric_filter::delete_metric_filter)
        .on(op::TestMetricFilter, state, test_metric_filter::test_metric_filter)
}
