//! ListTagsForResource.

use std::sync::Arc;

use freehold_api::scheduler::{ListTagsForResourceInput, ListTagsForResourceOutput, Tag};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::tags;
use crate::Events;
use crate::scheduler::errors::{Error, Result};

pub(super) async fn list_tags_for_resource(
    events: Arc<Events>,
    call: Call,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, freehold_wire::Error> {
    let now = events.now();
    let found = events
        .store
        .transact::<_, Error, _>(move |tx| tags::group(tx, &call, &input.resource_arn.unwrap_or_default(), now));
    let show = |(key, value): (String, String)| Tag { key: Some(key), value: Some(value) };
    Ok(ListTagsForResourceOutput { tags: Some(found.await?.tags.into_iter().map(show).collect()) })
}
