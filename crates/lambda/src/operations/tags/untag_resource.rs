//! UntagResource.

use std::sync::Arc;

use freehold_api::lambda::UntagResourceRequest;
use freehold_store::StoreExt;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::Tagged;
use crate::Lambda;
use crate::errors::Error;

pub(super) async fn untag_resource(
    lambda: Arc<Lambda>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<Unit, freehold_wire::Error> {
    let (arn, keys) = (input.resource.unwrap_or_default(), input.tag_keys.unwrap_or_default());
    let untagged = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut found = Tagged::find(&mut *tx, &call, &arn)?;
        found.tags().retain(|key, _| !keys.contains(key));
        found.put(tx)
    });
    untagged.await?;
    Ok(Unit)
}
