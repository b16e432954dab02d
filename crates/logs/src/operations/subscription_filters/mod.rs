//! Subscription filters.

mod delete_subscription_filter;
mod describe_subscription_filters;
mod put_subscription_filter;

use std::sync::Arc;

use freehold_api::logs::op;
use freehold_wire::Service;

use crate::Logs;

pub(super) fn register(service: Service, state: &Arc<Logs>) -> Service {
    service
        .on(op::PutSubscriptionFilter, state, put_subscription_filter::put_subscription_filter)
        .on(op::DescribeSubscriptionFilters, state, describe_subscription_filters::describe_subscription_filters)
        .on(op::DeleteSubscriptionFilter, state, delete_subscription_filter::delete_subscription_filter)
}
