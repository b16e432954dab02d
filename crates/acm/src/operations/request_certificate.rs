//! RequestCertificate: issued at once by the region's authority.

use std::sync::Arc;

use freehold_api::acm::{RequestCertificateRequest, RequestCertificateResponse};
use freehold_core::tags::Tags;
use freehold_store::idempotency::{self, Refused, Request};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::{SignedDuration, Timestamp};

use super::{lookup, names, tags};
use crate::errors::Error;
use crate::generate;
use crate::model::{Certificate, KeyAlgorithm, Origin, PrivateKey, Validation};
use crate::{Acm, pem, x509};

/// *RequestCertificate: IdempotencyToken*: for so long it stands for one request.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// What is asked for, checked.
struct Wanted {
    names: Vec<String>,
    algorithm: KeyAlgorithm,
    validations: Vec<Validation>,
    logging: bool,
    tags: Tags,
}

/// A token with what it stands for.
struct Token {
    account: String,
    token: String,
    fingerprint: String,
}

pub(super) async fn request_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: RequestCertificateRequest,
) -> Result<RequestCertificateResponse, freehold_wire::Error> {
    let fingerprint = format!("{input:?}");
    let account = call.account().to_owned();
    let token = input.idempotency_token.clone().map(|token| Arc::new(Token { account, token, fingerprint }));
    let (wanted, now) = (wanted(input)?, acm.now());
    // A key is not made for what is there already.
    let asked = token.clone();
    let known = acm.store.transact::<_, Error, _>(move |tx| recall(tx, asked.as_deref(), now));
    if let Some(arn) = known.await? {
        return Ok(RequestCertificateResponse { certificate_arn: Some(arn) });
    }
    let (certificate, key) = issue(&acm, &call, wanted, now).await?;
    let put = acm.store.transact::<_, Error, _>(move |tx| {
        // Another one may have been quicker.
        if let Some(arn) = recall(tx, token.as_deref(), now)? {
            return Ok(arn);
        }
        lookup::check_count(tx, &certificate.account)?;
        tx.put(&certificate)?;
        tx.put(&key)?;
        if let Some(token) = &token {
            idempotency::remember(tx, &token.request(), &certificate.arn, now)?;
        }
        Ok(certificate.arn)
    });
    Ok(RequestCertificateResponse { certificate_arn: Some(put.await?) })
}

impl Token {
    fn request(&self) -> Request<'_> {
        let Self { account, token, fingerprint } = self;
        Request { account, operation: "acm.RequestCertificate", token, fingerprint }
    }
}

/// The certificate that was made for the token within the last hour.
fn recall(tx: &mut dyn Tx, token: Option<&Token>, now: Timestamp) -> Result<Option<String>, Error> {
    let Some(token) = token else { return Ok(None) };
    let arn = match idempotency::recall::<String>(tx, &token.request()) {
        Ok(Some(arn)) => arn,
        Ok(None) => return Ok(None),
        Err(Refused::Mismatch) => {
            let why = format!("The idempotency token {} was used for another request.", token.token);
            return Err(Error::InvalidParameter(why));
        }
        Err(Refused::Store(error)) => return Err(error.into()),
    };
    let found = tx.get::<Certificate>(&arn)?;
    Ok(found.filter(|it| now.duration_since(it.created) < REMEMBERED).map(|it| it.arn))
}

fn wanted(input: RequestCertificateRequest) -> Result<Wanted, Error> {
    let refuse = |what: &str| Err(Error::invalid(format!("{what} is not supported in this region.")));
    if input.certificate_authority_arn.is_some() {
        return refuse("CertificateAuthorityArn");
    }
    if input.managed_by.is_some() {
        return refuse("ManagedBy");
    }
    let options = input.options.unwrap_or_default();
    if options.export.as_deref() == Some("ENABLED") {
        return refuse("Exporting certificates");
    }
    let method = match input.validation_method.as_deref() {
        None => "EMAIL",
        Some("HTTP") => return refuse("Validation by HTTP"),
        Some(method) => method,
    };
    let algorithm = match input.key_algorithm.as_deref() {
        None => KeyAlgorithm::Rsa2048,
        Some(name) => match KeyAlgorithm::parse(name) {
            Some(known @ (KeyAlgorithm::Rsa2048 | KeyAlgorithm::P256 | KeyAlgorithm::P384)) => known,
            _ => {
                return Err(Error::invalid(format!("Certificates cannot be requested with the key algorithm {name}.")));
            }
        },
    };
    let names = names::all(&input.domain_name.unwrap_or_default(), input.subject_alternative_names)?;
    Ok(Wanted {
        validations: names::validations(&names, method, input.domain_validation_options)?,
        names,
        algorithm,
        logging: options.certificate_transparency_logging_preference.as_deref() != Some("DISABLED"),
        tags: tags::merged(&Tags::new(), input.tags)?,
    })
}

/// Makes the certificate and its key, as yet unwritten.
async fn issue(acm: &Acm, call: &Call, wanted: Wanted, now: Timestamp) -> Result<(Certificate, PrivateKey), Error> {
    let Wanted { names, algorithm, validations, logging, tags } = wanted;
    let authority = Arc::clone(&acm.authority);
    let issued = tokio::task::spawn_blocking(move || generate::issue(authority.as_ref(), algorithm, &names, now)).await;
    let issued = issued.map_err(generate::Failure::from).and_then(|issued| issued).map_err(|error| {
        tracing::error!(%error, "a certificate cannot be issued");
        Error::Internal
    })?;
    let (arn, account) = (lookup::new_arn(call), call.account().to_owned());
    let body = issued.signed.certificate;
    let certificate = Certificate {
        arn: arn.clone(),
        account: account.clone(),
        origin: Origin::Issued { validations, logging },
        facts: x509::facts(&pem::certificate(body.as_bytes())?)?,
        body,
        chain: Some(issued.signed.authority),
        tags,
        created: now,
        made: now,
    };
    Ok((certificate, PrivateKey { arn, account, pem: issued.private_key }))
}
