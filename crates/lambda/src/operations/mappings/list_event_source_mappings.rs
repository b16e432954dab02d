//! ListEventSourceMappings.

use std::sync::Arc;

use freehold_api::lambda::{ListEventSourceMappingsRequest, ListEventSourceMappingsResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::view;
use crate::Lambda;
use crate::lookup;
use crate::model::Mapping;
use crate::names::FunctionName;
use crate::operations::pages::Page;

pub(super) async fn list_event_source_mappings(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListEventSourceMappingsRequest,
) -> Result<ListEventSourceMappingsResponse, freehold_wire::Error> {
    let mut filter = Filter::account(call.account());
    let mut target = None;
    if let Some(text) = input.function_name.as_deref() {
        let name = FunctionName::read(&call, Some(text), None)?;
        lookup::function(&lambda.store, &name)?;
        filter = filter.and_index(0, name.arn());
        target = name.qualifier.is_some().then(|| name.qualified_arn());
    }
    if let Some(source) = &input.event_source_arn {
        filter = filter.and_index(1, &**source);
    }
    let about = format!("{:?} {:?}", input.function_name, input.event_source_arn);
    let page = Page { call: &call, about: &about, marker: input.marker.as_deref(), size: input.max_items };
    let is_wanted = |mapping: &Mapping| target.as_ref().is_none_or(|target| *target == mapping.target);
    let (found, next_marker) = page.read_some(&lambda.store, filter, is_wanted)?;
    let seen = found.into_iter().map(|mapping| view(&call, mapping)).collect();
    Ok(ListEventSourceMappingsResponse { event_source_mappings: Some(seen), next_marker })
}
