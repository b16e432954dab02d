//! ListTagsForResource.

use std::sync::Arc;

use freehold_api::savingsplans::{ListTagsForResourceRequest, ListTagsForResourceResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::super::errors::Error;
use super::lookup;
use crate::Costs;

pub(in super::super) async fn list_tags_for_resource(
    costs: Arc<Costs>,
    call: Call,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, freehold_wire::Error> {
    let arn = input.resource_arn.unwrap_or_default();
    let found = costs.store.transact::<_, Error, _>(move |tx| lookup::by_arn(tx, &call, &arn));
    Ok(ListTagsForResourceResponse { tags: Some(found.await?.tags) })
}
