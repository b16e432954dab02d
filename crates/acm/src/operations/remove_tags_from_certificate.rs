//! RemoveTagsFromCertificate. With a value, only a tag of that value is removed; without one, whatever its value is.

use std::sync::Arc;

use freehold_api::acm::RemoveTagsFromCertificateRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::lookup;
use crate::Acm;
use crate::errors::Error;

pub(super) async fn remove_tags_from_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: RemoveTagsFromCertificateRequest,
) -> Result<Unit, freehold_wire::Error> {
    let arn = input.certificate_arn.unwrap_or_default();
    let removed = input.tags.unwrap_or_default();
    let untagged = acm.store.transact::<_, Error, _>(move |tx| {
        let mut certificate = lookup::within(tx, &call, &arn)?;
        certificate.tags.retain(|key, value| {
            let is_it = |tag: &freehold_api::acm::Tag| {
                tag.key.as_ref() == Some(key) && tag.value.as_ref().is_none_or(|wanted| wanted == value)
            };
            !removed.iter().any(is_it)
        });
        Ok(tx.put(&certificate)?)
    });
    untagged.await?;
    Ok(Unit)
}
