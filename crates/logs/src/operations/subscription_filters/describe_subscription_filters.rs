//! DescribeSubscriptionFilters: those of a group, by name.

use std::sync::Arc;

use freehold_api::logs::{
    DescribeSubscriptionFiltersRequest, DescribeSubscriptionFiltersResponse, SubscriptionFilter as Shown,
};
use freehold_core::pagination::{Query, page};
use freehold_wire::Call;

use crate::Logs;
use crate::model::SubscriptionFilter;
use crate::operations::pages;

pub(super) async fn describe_subscription_filters(
    state: Arc<Logs>,
    call: Call,
    input: DescribeSubscriptionFiltersRequest,
) -> Result<DescribeSubscriptionFiltersResponse, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    let prefix = input.filter_name_prefix.unwrap_or_default();
    let query = Query::new(["DescribeSubscriptionFilters", &group.id, &prefix]);
    let after = pages::after(&query, input.next_token.as_deref())?;
    let wanted = group
        .subscriptions
        .iter()
        .filter(|(name, _)| name.starts_with(&prefix) && after.as_ref().is_none_or(|after| *name > after));
    let (found, next_token) = page(wanted.collect(), pages::size(input.limit), &query, |(name, _)| name);
    let shown = found.into_iter().map(|(name, filter)| view(&group.name, name, filter)).collect();
    Ok(DescribeSubscriptionFiltersResponse { subscription_filters: Some(shown), next_token })
}

fn view(group: &str, name: &str, filter: &SubscriptionFilter) -> Shown {
    Shown {
        filter_name: Some(name.to_owned()),
        log_group_name: Some(group.to_owned()),
        filter_pattern: Some(filter.pattern.clone()),
        destination_arn: Some(filter.destination.clone()),
        distribution: Some("ByLogStream".into()),
        apply_on_transformed_logs: Some(false),
        creation_time: Some(filter.created.as_millisecond()),
        ..Default::default()
    }
}
