//! `DescribeMetricCollectionTypes`.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribeMetricCollectionTypesAnswer, MetricCollectionType, MetricGranularityType};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::Result;
use crate::reconcile::measure::METRICS;

pub(super) async fn describe_metric_collection_types(
    _: Arc<AutoScaling>,
    _: Call,
    _: Unit,
) -> Result<DescribeMetricCollectionTypesAnswer> {
    let metrics = METRICS.iter().map(|(name, _)| MetricCollectionType { metric: Some((*name).to_owned()) });
    Ok(DescribeMetricCollectionTypesAnswer {
        metrics: Some(metrics.collect()),
        granularities: Some(vec![MetricGranularityType { granularity: Some(super::GRANULARITY.into()) }]),
    })
}
