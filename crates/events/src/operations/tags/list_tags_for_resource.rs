//! ListTagsForResource.

use std::sync::Arc;

use freehold_api::events::{ListTagsForResourceRequest, ListTagsForResourceResponse, Tag};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::with_tags;
use crate::Events;
use crate::errors::{Error, Result};

pub(in crate::operations) async fn list_tags_for_resource(
    events: Arc<Events>,
    call: Call,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, freehold_wire::Error> {
    let (arn, now) = (input.resource_arn.unwrap_or_default(), events.now());
    let found = events
        .store
        .transact::<_, Error, _>(move |tx| with_tags(tx, &call, &arn, now, |tags| Ok((tags.clone(), false))));
    let show = |(key, value): (String, String)| Tag { key: Some(key), value: Some(value) };
    Ok(ListTagsForResourceResponse { tags: Some(found.await?.into_iter().map(show).collect()) })
}
