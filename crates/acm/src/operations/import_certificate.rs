//! ImportCertificate: a new one, or a new one in the place of an old one, which who presents it takes up at once.

use std::sync::Arc;

use freehold_api::acm::{ImportCertificateRequest, ImportCertificateResponse};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use super::{lookup, tags};
use crate::errors::Error;
use crate::model::{Certificate, Facts, Origin, PrivateKey};
use crate::{Acm, pem, x509};

/// What a request brings, checked.
struct Imported {
    facts: Facts,
    body: String,
    chain: Option<String>,
    private_key: String,
}

pub(super) async fn import_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: ImportCertificateRequest,
) -> Result<ImportCertificateResponse, freehold_wire::Error> {
    let now = acm.now();
    let imported = read(&input, now)?;
    if input.certificate_arn.is_some() && input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
        let why = "Tags cannot be specified when a certificate is imported again.";
        return Err(Error::InvalidParameter(why.into()).into());
    }
    let tags = tags::merged(&Default::default(), input.tags)?;
    let arn = input.certificate_arn;
    let put = acm.store.transact::<_, Error, _>(move |tx| match arn {
        Some(arn) => replace(tx, &call, &arn, imported, now),
        None => {
            lookup::check_count(tx, call.account())?;
            let Imported { facts, body, chain, private_key } = imported;
            let (arn, account) = (lookup::new_arn(&call), call.account().to_owned());
            tx.put(&PrivateKey { arn: arn.clone(), account: account.clone(), pem: private_key })?;
            let origin = Origin::Imported;
            tx.put(&Certificate {
                arn: arn.clone(),
                account,
                origin,
                body,
                chain,
                facts,
                tags,
                created: now,
                made: now,
            })?;
            Ok(arn)
        }
    });
    Ok(ImportCertificateResponse { certificate_arn: Some(put.await?) })
}

fn read(input: &ImportCertificateRequest, now: Timestamp) -> Result<Imported, Error> {
    let body = input.certificate.as_deref().unwrap_or_default();
    let certificate = pem::certificate(body)?;
    let facts = x509::facts(&certificate)?;
    let key_text = input.private_key.as_deref().unwrap_or_default();
    x509::check_key(&certificate, &pem::private_key(key_text)?)?;
    let chain = match input.certificate_chain.as_deref() {
        Some(text) => {
            x509::check_chain(&certificate, &pem::chain(text)?)?;
            Some(pem::text(text, "certificate chain")?)
        }
        None => None,
    };
    // ACM user guide, Prerequisites for importing: valid at the time of import.
    if now < facts.not_before {
        return Err(Error::invalid("The certificate is not valid yet."));
    }
    if facts.not_after < now {
        return Err(Error::invalid("The certificate is expired."));
    }
    Ok(Imported {
        facts,
        body: pem::text(body, "certificate")?,
        chain,
        private_key: pem::text(key_text, "private key")?,
    })
}

fn replace(tx: &mut dyn Tx, call: &Call, arn: &str, imported: Imported, now: Timestamp) -> Result<String, Error> {
    let mut certificate = lookup::within(tx, call, arn)?;
    if !certificate.is_imported() {
        return Err(Error::invalid(format!("The certificate {arn} was not imported and cannot be imported again.")));
    }
    let Imported { facts, body, chain, private_key } = imported;
    tx.put(&PrivateKey { arn: arn.to_owned(), account: certificate.account.clone(), pem: private_key })?;
    (certificate.facts, certificate.body, certificate.chain, certificate.made) = (facts, body, chain, now);
    tx.put(&certificate)?;
    Ok(arn.to_owned())
}
