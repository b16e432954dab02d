//! PutMetricData. It answers when the measurements are on disk.

use std::sync::Arc;

use freehold_api::cloudwatch::PutMetricDataInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::datum;
use crate::CloudWatch;
use crate::errors::Error;

/// Measurements in a request.
const AT_MOST: usize = 1_000;

pub(super) async fn put_metric_data(
    state: Arc<CloudWatch>,
    call: Call,
    input: PutMetricDataInput,
) -> Result<Unit, freehold_wire::Error> {
    let namespace = input.namespace.unwrap_or_default();
    // AWS's own namespaces are written by its services alone.
    if namespace.starts_with("AWS/") {
        return Err(
            Error::InvalidParameterValue(format!("The value {namespace} for parameter Namespace is invalid.")).into()
        );
    }
    if input.entity_metric_data.is_some_and(|data| !data.is_empty()) {
        return Err(Error::not_here("EntityMetricData").into());
    }
    let data = input.metric_data.unwrap_or_default();
    if data.is_empty() {
        return Err(Error::MissingParameter("MetricData".into()).into());
    }
    if data.len() > AT_MOST {
        return Err(Error::InvalidParameterValue(format!(
            "The collection MetricData must not have a size greater than {AT_MOST}."
        ))
        .into());
    }
    let now = state.now();
    let read = data.into_iter().enumerate().map(|(at, datum)| {
        let place = format!("MetricData.member.{}", at + 1);
        datum::read(call.account(), &namespace, &place, datum, now)
    });
    let measurements = read.collect::<Result<_, Error>>()?;
    state.series.write(measurements).await.map_err(|error| {
        tracing::error!(%error, "measurements");
        Error::Internal
    })?;
    Ok(Unit)
}
