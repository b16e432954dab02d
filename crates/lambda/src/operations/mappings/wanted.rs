//! What a request sets of a mapping, and what fits together.

use freehold_api::lambda::{EventSourceMappingMetricsConfig, FilterCriteria, ScalingConfig};
use freehold_core::patterns::EventPatterns;

use crate::errors::Error;
use crate::model::Mapping;

/// Filters of a mapping, and characters of each (*Developer guide, Event filtering*).
const MOST_FILTERS: usize = 5;
const MOST_PATTERN: usize = 4096;
/// Messages that come without a window (*Developer guide, Using Lambda with Amazon SQS*).
const WITHOUT_WINDOW: u32 = 10;
/// Bounds of `MaximumConcurrency`.
const CONCURRENCY: std::ops::RangeInclusive<u32> = 2..=1000;

#[derive(Default)]
pub(super) struct Wanted {
    pub batch_size: Option<i32>,
    pub window: Option<i32>,
    pub filters: Option<FilterCriteria>,
    pub response_types: Option<Vec<String>>,
    pub scaling: Option<ScalingConfig>,
    pub metrics: Option<EventSourceMappingMetricsConfig>,
}

impl Wanted {
    /// Puts it in; what is not mentioned stays.
    pub fn apply(self, mapping: &mut Mapping, patterns: &dyn EventPatterns) -> Result<(), Error> {
        let number = |wanted: Option<i32>| wanted.and_then(|number| u32::try_from(number).ok());
        mapping.batch_size = number(self.batch_size).unwrap_or(mapping.batch_size);
        mapping.window = number(self.window).unwrap_or(mapping.window);
        if let Some(criteria) = self.filters {
            let filters = criteria.filters.unwrap_or_default();
            mapping.filters = filters.into_iter().filter_map(|filter| filter.pattern).collect();
        }
        if let Some(types) = self.response_types {
            mapping.reports_failures = types.iter().any(|kind| kind == "ReportBatchItemFailures");
        }
        if let Some(scaling) = self.scaling {
            mapping.maximum_concurrency = number(scaling.maximum_concurrency);
        }
        if let Some(metrics) = self.metrics {
            mapping.counts_events = metrics.metrics.unwrap_or_default().iter().any(|metric| metric == "EventCount");
        }
        check(mapping, patterns)
    }
}

fn check(mapping: &Mapping, patterns: &dyn EventPatterns) -> Result<(), Error> {
    let is_fifo = mapping.source.ends_with(".fifo");
    if is_fifo && mapping.window > 0 {
        return Err(Error::invalid("Batching window is not supported for FIFO queues."));
    }
    if is_fifo && mapping.batch_size > WITHOUT_WINDOW {
        return Err(Error::invalid("Unsupported Lambda batch size. FIFO queues support a maximum batch size of 10."));
    }
    if mapping.batch_size > WITHOUT_WINDOW && mapping.window == 0 {
        return Err(Error::invalid(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ));
    }
    if mapping.maximum_concurrency.is_some_and(|most| !CONCURRENCY.contains(&most)) {
        return Err(Error::invalid("MaximumConcurrency must be between 2 and 1000."));
    }
    if mapping.filters.len() > MOST_FILTERS {
        return Err(Error::invalid(format!("A mapping has at most {MOST_FILTERS} filters.")));
    }
    for pattern in &mapping.filters {
        if pattern.len() > MOST_PATTERN {
            return Err(Error::invalid(format!("Filter pattern exceeds {MOST_PATTERN} characters.")));
        }
        patterns.check(pattern).map_err(|why| Error::invalid(format!("Invalid filter pattern definition. {why}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::MappingState;

    struct Json;

    impl EventPatterns for Json {
        fn check(&self, pattern: &str) -> Result<(), String> {
            serde_json::from_str::<Value>(pattern).map(drop).map_err(|error| error.to_string())
        }

        fn matches(&self, _: &str, _: &Value) -> bool {
            true
        }
    }

    fn applied(source: &str, wanted: Wanted) -> Result<Mapping, Error> {
        let mut mapping = Mapping {
            id: "id".into(),
            account: "111122223333".into(),
            source: format!("arn:aws:sqs:us-east-1:111122223333:{source}"),
            function: "f".into(),
            target: "f".into(),
            state: MappingState::Creating,
            batch_size: 10,
            window: 0,
            filters: Vec::new(),
            reports_failures: false,
            maximum_concurrency: None,
            counts_events: false,
            modified: jiff::Timestamp::UNIX_EPOCH,
            tags: Default::default(),
        };
        wanted.apply(&mut mapping, &Json).map(|()| mapping)
    }

    #[test]
    fn large_batches_need_a_window_and_fifo_queues_have_neither() {
        let sized = |source, batch_size, window| {
            applied(source, Wanted { batch_size: Some(batch_size), window, ..Wanted::default() })
        };
        assert!(sized("q", 10, None).is_ok() && sized("q", 11, Some(1)).is_ok());
        assert!(sized("q", 11, None).is_err());
        assert!(sized("q.fifo", 10, None).is_ok());
        assert!(sized("q.fifo", 11, Some(0)).is_err() && sized("q.fifo", 1, Some(1)).is_err());
    }

    #[test]
    fn filters_are_patterns_and_few() {
        let filtered = |patterns: &[&str]| {
            let filters = patterns.iter().map(|text| freehold_api::lambda::Filter { pattern: Some((*text).into()) });
            let filters = Some(FilterCriteria { filters: Some(filters.collect()) });
            applied("q", Wanted { filters, ..Wanted::default() })
        };
        assert_eq!(filtered(&["{}"; 5]).unwrap().filters.len(), 5);
        assert!(filtered(&["{}"; 6]).is_err() && filtered(&["{"]).is_err());
    }
}
