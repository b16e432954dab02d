//! DeleteEventSourceMapping: it is gone when its poller is.

use std::sync::Arc;

use freehold_api::lambda::{DeleteEventSourceMappingRequest, EventSourceMappingConfiguration};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{find, view};
use crate::Lambda;
use crate::errors::Error;
use crate::model::MappingState;

pub(super) async fn delete_event_source_mapping(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, freehold_wire::Error> {
    let (id, caller) = (input.uuid.unwrap_or_default(), call.clone());
    let deleted = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut found = find(&mut *tx, &caller, &id)?;
        if found.state == MappingState::Deleting {
            return Err(Error::InUse("Cannot delete the event source mapping because it is in use.".into()));
        }
        found.state = MappingState::Deleting;
        tx.put(&found)?;
        Ok(found)
    });
    Ok(view(&call, deleted.await?))
}
