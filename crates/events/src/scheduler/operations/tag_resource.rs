//! TagResource.

use std::sync::Arc;

use freehold_api::scheduler::{TagResourceInput, TagResourceOutput};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::tags;
use crate::Events;
use crate::scheduler::errors::{Error, Result};

pub(super) async fn tag_resource(
    events: Arc<Events>,
    call: Call,
    input: TagResourceInput,
) -> Result<TagResourceOutput, freehold_wire::Error> {
    let now = events.now();
    let tagged = events.store.transact::<_, Error, _>(move |tx| {
        let mut group = tags::group(tx, &call, &input.resource_arn.unwrap_or_default(), now)?;
        group.tags = tags::merged(&group.tags, input.tags)?;
        Ok(tx.put(&group)?)
    });
    tagged.await?;
    Ok(TagResourceOutput::default())
}
