//! PutMetricFilter: it measures events that come from now on.

use std::sync::Arc;

use freehold_api::logs::{MetricTransformation, PutMetricFilterRequest};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::{Class, Group, MetricFilter};
use crate::pattern::Pattern;

/// Filters of a group (*CloudWatch Logs quotas*).
const AT_MOST: usize = 100;
/// Dimensions of a filter (*API reference, MetricTransformation: dimensions*).
const DIMENSIONS: usize = 3;

pub(super) async fn put_metric_filter(
    state: Arc<Logs>,
    call: Call,
    input: PutMetricFilterRequest,
) -> Result<Unit, freehold_wire::Error> {
    check_absent(&input)?;
    let pattern_text = input.filter_pattern.unwrap_or_default();
    let pattern = Pattern::parse(&pattern_text).map_err(Error::from)?;
    let transformation = input.metric_transformations.unwrap_or_default().pop().unwrap_or_default();
    check(&transformation, &pattern)?;
    let group = state.group(&call, input.log_group_name.as_deref())?;
    if group.class != Class::Standard {
        return Err(Error::of_class("Metric filters", group.class).into());
    }
    let filter = MetricFilter {
        pattern: pattern_text,
        created: state.now(),
        namespace: transformation.metric_namespace.unwrap_or_default(),
        metric: transformation.metric_name.unwrap_or_default(),
        value: transformation.metric_value.unwrap_or_default(),
        default: transformation.default_value,
        dimensions: transformation.dimensions.unwrap_or_default(),
        unit: transformation.unit,
    };
    let name = input.filter_name.unwrap_or_default();
    let change = move |group: &mut Group| {
        group.metric_filters.insert(name, filter);
        if group.metric_filters.len() > AT_MOST { Err(Error::LimitExceeded) } else { Ok(()) }
    };
    state.change(&group, change).await?;
    Ok(Unit)
}

fn check_absent(input: &PutMetricFilterRequest) -> Result<(), Error> {
    if input.apply_on_transformed_logs == Some(true) {
        return Err(Error::not_here("applyOnTransformedLogs"));
    }
    if input.field_selection_criteria.as_ref().is_some_and(|text| !text.is_empty()) {
        return Err(Error::not_here("fieldSelectionCriteria"));
    }
    if input.emit_system_field_dimensions.as_ref().is_some_and(|fields| !fields.is_empty()) {
        return Err(Error::not_here("emitSystemFieldDimensions"));
    }
    Ok(())
}

fn check(transformation: &MetricTransformation, pattern: &Pattern) -> Result<(), Error> {
    let refuse = |sentence: String| Err(Error::InvalidParameter(format!("Invalid metric transformation: {sentence}")));
    let value = transformation.metric_value.as_deref().unwrap_or_default();
    let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
    if !is_number && !is_selector(value, pattern) {
        return refuse(format!("the metric value {value} is neither a number nor a field of the pattern"));
    }
    let namespace = transformation.metric_namespace.as_deref().unwrap_or_default();
    if namespace.starts_with("AWS/") || namespace.is_empty() {
        return refuse(format!("the metric namespace \"{namespace}\" cannot be written to"));
    }
    if transformation.metric_name.as_ref().is_none_or(|name| name.is_empty()) {
        return refuse("the metric has no name".into());
    }
    let dimensions = transformation.dimensions.iter().flatten();
    if dimensions.clone().count() > DIMENSIONS {
        return refuse(format!("a metric filter has at most {DIMENSIONS} dimensions"));
    }
    if let Some((name, selector)) = dimensions.clone().find(|(_, selector)| !is_selector(selector, pattern)) {
        return refuse(format!("the dimension {name} has the value {selector}, which is not a field of the pattern"));
    }
    // API reference, MetricTransformation: dimensions.
    if transformation.default_value.is_some() && dimensions.count() > 0 {
        return refuse("a metric filter with dimensions cannot have a default value".into());
    }
    Ok(())
}

/// Whether it can find something in messages that the pattern means.
fn is_selector(text: &str, pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Json(_) => text.starts_with("$.") || text.starts_with("$["),
        Pattern::Fields(fields) => text.strip_prefix('$').is_some_and(|name| fields.has(name)),
        Pattern::All | Pattern::Terms(_) => false,
    }
}
