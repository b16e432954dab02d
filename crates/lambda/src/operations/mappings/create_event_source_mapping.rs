//! CreateEventSourceMapping.

use std::sync::Arc;

use freehold_api::lambda::{CreateEventSourceMappingRequest, EventSourceMappingConfiguration};
use freehold_core::ids;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::wanted::Wanted;
use super::{own, queue, refused, view};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::{Mapping, MappingState};
use crate::names::FunctionName;
use crate::operations::tags;

pub(super) async fn create_event_source_mapping(
    lambda: Arc<Lambda>,
    call: Call,
    input: CreateEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, freehold_wire::Error> {
    queue::parsed(input.event_source_arn.as_deref().unwrap_or_default())?;
    refused::of_create(&input)?;
    let name = FunctionName::read(&call, input.function_name.as_deref(), None)?;
    own(&call, &name)?;
    let source = input.event_source_arn.unwrap_or_default();
    let version = lookup::version(&lambda.store, &name)?;
    let is_on = input.enabled != Some(false);
    let mut mapping = Mapping {
        id: ids::uuid(),
        account: call.account().to_owned(),
        source,
        function: name.arn(),
        target: name.qualified_arn(),
        state: if is_on { MappingState::Creating } else { MappingState::Disabled },
        batch_size: 10,
        window: 0,
        filters: Vec::new(),
        reports_failures: false,
        maximum_concurrency: None,
        counts_events: false,
        modified: lambda.now(),
        tags: tags::checked(input.tags.unwrap_or_default())?,
    };
    let wanted = Wanted {
        batch_size: input.batch_size,
        window: input.maximum_batching_window_in_seconds,
        filters: input.filter_criteria,
        response_types: input.function_response_types,
        scaling: input.scaling_config,
        metrics: input.metrics_config,
    };
    wanted.apply(&mut mapping, &*lambda.patterns)?;
    queue::check(&lambda, &mapping, &version).await?;
    let made = lambda.store.transact::<_, Error, _>(move |tx| {
        lookup::qualified(&mut *tx, &name)?;
        let others = tx.list::<Mapping>(&Filter::index(1, &*mapping.source))?;
        if let Some(other) = others.iter().find(|other| other.target == mapping.target) {
            return Err(Error::Conflict(format!(
                "An event source mapping with SQS arn (\" {} \") and function (\" {} \") already exists. Please update or \
                 delete the existing mapping with UUID {}",
                mapping.source, name.name, other.id
            )));
        }
        tx.put(&mapping)?;
        Ok(mapping)
    });
    Ok(view(&call, made.await?))
}
