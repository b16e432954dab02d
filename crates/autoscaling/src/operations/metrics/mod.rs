//! What groups measure of themselves.

mod describe_metric_collection_types;
mod disable_metrics_collection;
mod enable_metrics_collection;

use std::collections::BTreeSet;

use freehold_api::autoscaling::op;

use super::Operations;
use crate::errors::{Error, Result};
use crate::reconcile::measure::METRICS;

/// The only one there is.
const GRANULARITY: &str = "1Minute";

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::DescribeMetricCollectionTypes, describe_metric_collection_types::describe_metric_collection_types)
        .on(op::DisableMetricsCollection, disable_metrics_collection::disable_metrics_collection)
        .on(op::EnableMetricsCollection, enable_metrics_collection::enable_metrics_collection)
}

/// Metrics, as requests name them; none means all.
fn named(names: Option<Vec<String>>) -> Result<BTreeSet<String>> {
    let names = names.unwrap_or_default();
    if names.is_empty() {
        return Ok(METRICS.iter().map(|(name, _)| (*name).to_owned()).collect());
    }
    if let Some(unknown) = names.iter().find(|name| METRICS.iter().all(|(known, _)| known != name)) {
        return Err(Error::validation(format!("Metric {unknown} is not a valid metric.")));
    }
    Ok(names.into_iter().collect())
}
