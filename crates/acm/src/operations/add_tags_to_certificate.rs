//! AddTagsToCertificate.

use std::sync::Arc;

use freehold_api::acm::AddTagsToCertificateRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{lookup, tags};
use crate::Acm;
use crate::errors::Error;

pub(super) async fn add_tags_to_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: AddTagsToCertificateRequest,
) -> Result<Unit, freehold_wire::Error> {
    let arn = input.certificate_arn.unwrap_or_default();
    let tagged = acm.store.transact::<_, Error, _>(move |tx| {
        let mut certificate = lookup::within(tx, &call, &arn)?;
        certificate.tags = tags::merged(&certificate.tags, input.tags)?;
        Ok(tx.put(&certificate)?)
    });
    tagged.await?;
    Ok(Unit)
}
