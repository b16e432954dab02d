//! UntagResource.

use std::sync::Arc;

use freehold_api::scheduler::{UntagResourceInput, UntagResourceOutput};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::tags;
use crate::Events;
use crate::scheduler::errors::{Error, Result};

pub(super) async fn untag_resource(
    events: Arc<Events>,
    call: Call,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, freehold_wire::Error> {
    let now = events.now();
    let untagged = events.store.transact::<_, Error, _>(move |tx| {
        let mut group = tags::group(tx, &call, &input.resource_arn.unwrap_or_default(), now)?;
        let keys = input.tag_keys.unwrap_or_default();
        group.tags.retain(|key, _| !keys.contains(key));
        Ok(tx.put(&group)?)
    });
    untagged.await?;
    Ok(UntagResourceOutput::default())
}
