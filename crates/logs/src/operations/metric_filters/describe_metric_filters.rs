//! DescribeMetricFilters: those of a group, or those that measure a metric.

use std::sync::Arc;

use freehold_api::logs::{
    DescribeMetricFiltersRequest, DescribeMetricFiltersResponse, MetricFilter as Shown, MetricTransformation,
};
use freehold_core::pagination::{Query, page};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Logs;
use crate::errors::Error;
use crate::model::{Group, MetricFilter};
use crate::operations::pages;

pub(super) async fn describe_metric_filters(
    state: Arc<Logs>,
    call: Call,
    input: DescribeMetricFiltersRequest,
) -> Result<DescribeMetricFiltersResponse, freehold_wire::Error> {
    if input.metric_name.is_some() != input.metric_namespace.is_some() {
        let sentence = "metricName and metricNamespace must be given together.";
        return Err(Error::InvalidParameter(sentence.into()).into());
    }
    let without_page = DescribeMetricFiltersRequest { next_token: None, limit: None, ..input.clone() };
    let query = Query::new(["DescribeMetricFilters", call.account(), &format!("{without_page:?}")]);
    let after = pages::after(&query, input.next_token.as_deref())?;
    let groups = match &input.log_group_name {
        Some(name) => vec![state.group(&call, Some(name))?],
        None => state.store.list::<Group>(&Filter::account(call.account())).map_err(Error::from)?,
    };
    let mut found = Vec::new();
    for group in &groups {
        for (name, filter) in &group.metric_filters {
            // Names have no colon.
            let place = format!("{}:{name}", group.name);
            if is_wanted(name, filter, &input) && after.as_ref().is_none_or(|after| place > *after) {
                found.push((place, view(&group.name, name, filter)));
            }
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let (found, next_token) = page(found, pages::size(input.limit), &query, |(place, _)| place);
    let metric_filters = found.into_iter().map(|(_, filter)| filter).collect();
    Ok(DescribeMetricFiltersResponse { metric_filters: Some(metric_filters), next_token })
}

fn is_wanted(name: &str, filter: &MetricFilter, input: &DescribeMetricFiltersRequest) -> bool {
    input.filter_name_prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix))
        && input.metric_name.as_ref().is_none_or(|metric| *metric == filter.metric)
        && input.metric_namespace.as_ref().is_none_or(|namespace| *namespace == filter.namespace)
}

fn view(group: &str, name: &str, filter: &MetricFilter) -> Shown {
    let transformation = MetricTransformation {
        metric_name: Some(filter.metric.clone()),
        metric_namespace: Some(filter.namespace.clone()),
        metric_value: Some(filter.value.clone()),
        default_value: filter.default,
        dimensions: Some(filter.dimensions.clone()).filter(|dimensions| !dimensions.is_empty()),
        unit: filter.unit.clone(),
    };
    Shown {
        filter_name: Some(name.to_owned()),
        filter_pattern: Some(filter.pattern.clone()),
        metric_transformations: Some(vec![transformation]),
        creation_time: Some(filter.created.as_millisecond()),
        log_group_name: Some(group.to_owned()),
        apply_on_transformed_logs: Some(false),
        ..Default::default()
    }
}
