//! TestMetricFilter: what a pattern means of some messages.

use std::sync::Arc;

use freehold_api::logs::{MetricFilterMatchRecord, TestMetricFilterRequest, TestMetricFilterResponse};
use freehold_wire::Call;

use crate::Logs;
use crate::errors::Error;
use crate::pattern::Pattern;

pub(super) async fn test_metric_filter(
    _: Arc<Logs>,
    _: Call,
    input: TestMetricFilterRequest,
) -> Result<TestMetricFilterResponse, freehold_wire::Error> {
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default()).map_err(Error::from)?;
    let messages = input.log_event_messages.unwrap_or_default();
    let numbered = messages.into_iter().zip(1..);
    let matches = numbered.filter(|(message, _)| pattern.matches(message)).map(|(message, number)| {
        let extracted_values = Some(pattern.extract(&message));
        MetricFilterMatchRecord { event_number: Some(number), event_message: Some(message), extracted_values }
    });
    Ok(TestMetricFilterResponse { matches: Some(matches.collect()) })
}
