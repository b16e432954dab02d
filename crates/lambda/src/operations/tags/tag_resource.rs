//! TagResource.

use std::sync::Arc;

use freehold_api::lambda::TagResourceRequest;
use freehold_store::StoreExt;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{Tagged, merged};
use crate::Lambda;
use crate::errors::Error;

pub(super) async fn tag_resource(
    lambda: Arc<Lambda>,
    call: Call,
    input: TagResourceRequest,
) -> Result<Unit, freehold_wire::Error> {
    let (arn, added) = (input.resource.unwrap_or_default(), input.tags.unwrap_or_default());
    let tagged = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut found = Tagged::find(&mut *tx, &call, &arn)?;
        *found.tags() = merged(found.tags(), &added)?;
        found.put(tx)
    });
    tagged.await?;
    Ok(Unit)
}
