//! Event source mappings.

mod create_event_source_mapping;
mod delete_event_source_mapping;
mod get_event_source_mapping;
mod list_event_source_mappings;
mod queue;
mod refused;
mod update_event_source_mapping;
mod wanted;

use std::sync::Arc;

use freehold_api::lambda::{
    EventSourceMappingConfiguration, EventSourceMappingMetricsConfig, Filter as WireFilter, FilterCriteria,
    ScalingConfig, op,
};
use freehold_core::Arn;
use freehold_wire::{Call, Service};

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::Reader;
use crate::model::Mapping;
use crate::names::FunctionName;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::CreateEventSourceMapping, lambda, create_event_source_mapping::create_event_source_mapping)
        .on(op::DeleteEventSourceMapping, lambda, delete_event_source_mapping::delete_event_source_mapping)
        .on(op::GetEventSourceMapping, lambda, get_event_source_mapping::get_event_source_mapping)
        .on(op::ListEventSourceMappings, lambda, list_event_source_mappings::list_event_source_mappings)
        .on(op::UpdateEventSourceMapping, lambda, update_event_source_mapping::update_event_source_mapping)
}

fn find(mut from: impl Reader, call: &Call, id: &str) -> Result<Mapping, Error> {
    let found = from.read::<Mapping>(id)?.filter(|mapping| mapping.account == call.account());
    found.ok_or_else(Error::no_resource)
}

/// A mapping feeds a function of its own account.
fn own(call: &Call, name: &FunctionName) -> Result<(), Error> {
    if name.account == call.account() { Ok(()) } else { Err(Error::no_function(&name.qualified_arn())) }
}

fn view(call: &Call, mapping: Mapping) -> EventSourceMappingConfiguration {
    let number = |value: u32| i32::try_from(value).ok();
    let filters: Vec<_> = mapping.filters.into_iter().map(|pattern| WireFilter { pattern: Some(pattern) }).collect();
    let arn = Arn::new("lambda", &call.region, &mapping.account, format!("event-source-mapping:{}", mapping.id));
    EventSourceMappingConfiguration {
        uuid: Some(mapping.id),
        batch_size: number(mapping.batch_size),
        maximum_batching_window_in_seconds: number(mapping.window),
        event_source_arn: Some(mapping.source),
        filter_criteria: (!filters.is_empty()).then_some(FilterCriteria { filters: Some(filters) }),
        metrics_config: mapping
            .counts_events
            .then(|| EventSourceMappingMetricsConfig { metrics: Some(vec!["EventCount".into()]) }),
        scaling_config: mapping.maximum_concurrency.map(|most| ScalingConfig { maximum_concurrency: number(most) }),
        function_arn: Some(mapping.target),
        last_modified: Some(mapping.modified),
        state: Some(mapping.state.name().into()),
        state_transition_reason: Some("USER_INITIATED".into()),
        function_response_types: Some(if mapping.reports_failures {
            vec!["ReportBatchItemFailures".into()]
        } else {
            Vec::new()
        }),
        event_source_mapping_arn: Some(arn.to_string()),
        ..EventSourceMappingConfiguration::default()
    }
}
