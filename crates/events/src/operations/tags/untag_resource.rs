//! UntagResource.

use std::sync::Arc;

use freehold_api::events::{UntagResourceRequest, UntagResourceResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::with_tags;
use crate::Events;
use crate::errors::{Error, Result};

pub(in crate::operations) async fn untag_resource(
    events: Arc<Events>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, freehold_wire::Error> {
    let (arn, now) = (input.resource_arn.unwrap_or_default(), events.now());
    let keys = input.tag_keys.unwrap_or_default();
    let untagged = events.store.transact::<_, Error, _>(move |tx| {
        with_tags(tx, &call, &arn, now, |tags| {
            tags.retain(|key, _| !keys.contains(key));
            Ok(((), true))
        })
    });
    untagged.await?;
    events.rules.outdated();
    Ok(UntagResourceResponse::default())
}
