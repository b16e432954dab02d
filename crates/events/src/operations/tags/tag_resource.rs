//! TagResource.

use std::sync::Arc;

use freehold_api::events::{TagResourceRequest, TagResourceResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{merged, with_tags};
use crate::Events;
use crate::errors::{Error, Result};

pub(in crate::operations) async fn tag_resource(
    events: Arc<Events>,
    call: Call,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, freehold_wire::Error> {
    let (arn, now) = (input.resource_arn.unwrap_or_default(), events.now());
    let tagged = events.store.transact::<_, Error, _>(move |tx| {
        with_tags(tx, &call, &arn, now, |tags| {
            *tags = merged(tags, input.tags)?;
            Ok(((), true))
        })
    });
    tagged.await?;
    events.rules.outdated();
    Ok(TagResourceResponse::default())
}
