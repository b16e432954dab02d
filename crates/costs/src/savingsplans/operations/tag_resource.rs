//! TagResource.

use std::sync::Arc;

use freehold_api::savingsplans::{TagResourceRequest, TagResourceResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::super::errors::Error;
use super::lookup;
use crate::Costs;

pub(in super::super) async fn tag_resource(
    costs: Arc<Costs>,
    call: Call,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, freehold_wire::Error> {
    let arn = input.resource_arn.unwrap_or_default();
    let tagged = costs.store.transact::<_, Error, _>(move |tx| {
        let mut plan = lookup::by_arn(tx, &call, &arn)?;
        plan.tags = lookup::merged(&plan.tags, input.tags)?;
        Ok(tx.put(&plan)?)
    });
    tagged.await?;
    Ok(TagResourceResponse {})
}
