//! UntagResource.

use std::sync::Arc;

use freehold_api::savingsplans::{UntagResourceRequest, UntagResourceResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::super::errors::Error;
use super::lookup;
use crate::Costs;

pub(in super::super) async fn untag_resource(
    costs: Arc<Costs>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, freehold_wire::Error> {
    let (arn, keys) = (input.resource_arn.unwrap_or_default(), input.tag_keys.unwrap_or_default());
    let untagged = costs.store.transact::<_, Error, _>(move |tx| {
        let mut plan = lookup::by_arn(tx, &call, &arn)?;
        plan.tags.retain(|key, _| !keys.contains(key));
        Ok(tx.put(&plan)?)
    });
    untagged.await?;
    Ok(UntagResourceResponse {})
}
