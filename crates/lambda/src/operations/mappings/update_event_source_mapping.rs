//! UpdateEventSourceMapping.

use std::sync::Arc;

use freehold_api::lambda::{EventSourceMappingConfiguration, UpdateEventSourceMappingRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::wanted::Wanted;
use super::{find, own, queue, refused, view};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::MappingState;
use crate::names::FunctionName;

pub(super) async fn update_event_source_mapping(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, freehold_wire::Error> {
    refused::of_update(&input)?;
    let id = input.uuid.unwrap_or_default();
    let mut mapping = find(&lambda.store, &call, &id)?;
    let name = input.function_name.as_deref().unwrap_or(&mapping.target);
    let name = FunctionName::read(&call, Some(name), None)?;
    own(&call, &name)?;
    let version = lookup::version(&lambda.store, &name)?;
    mapping.function = name.arn();
    mapping.target = name.qualified_arn();
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
    mapping.modified = lambda.now();
    let (enabled, caller) = (input.enabled, call.clone());
    let changed = lambda.store.transact::<_, Error, _>(move |tx| {
        let present = find(&mut *tx, &caller, &id)?;
        if present.state == MappingState::Deleting {
            return Err(Error::InUse(
                "Cannot update the event source mapping because it is not in a state for update.".into(),
            ));
        }
        mapping.state = present.state.updated(enabled);
        mapping.tags = present.tags;
        tx.put(&mapping)?;
        Ok(mapping)
    });
    Ok(view(&call, changed.await?))
}
