//! DeleteCertificate: its key goes with it.

use std::sync::Arc;

use freehold_api::acm::DeleteCertificateRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::lookup;
use crate::Acm;
use crate::errors::Error;
use crate::model::{Certificate, PrivateKey};

pub(super) async fn delete_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: DeleteCertificateRequest,
) -> Result<Unit, freehold_wire::Error> {
    let arn = input.certificate_arn.unwrap_or_default();
    let users = acm.users(&acm.find(&call, &arn)?);
    if !users.is_empty() {
        return Err(Error::InUse { arn, users: users.join(", ") }.into());
    }
    let deleted = acm.store.transact::<_, Error, _>(move |tx| {
        let certificate = lookup::within(tx, &call, &arn)?;
        tx.delete::<PrivateKey>(&certificate.arn)?;
        tx.delete::<Certificate>(&certificate.arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(Unit)
}
