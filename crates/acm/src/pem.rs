//! PEM as callers send it.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::errors::Error;

/// The one certificate of the text.
pub(crate) fn certificate(text: &[u8]) -> Result<CertificateDer<'static>, Error> {
    let mut all = certificates(text, "certificate")?;
    match (all.pop(), all.len()) {
        (Some(one), 0) => Ok(one),
        (None, _) => Err(Error::invalid("The certificate is not in PEM format.")),
        (Some(_), _) => Err(Error::invalid(
            "The certificate field contains more than one certificate. You can specify only one certificate in this \
             field.",
        )),
    }
}

/// The certificates of a chain, in their order.
pub(crate) fn chain(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all = certificates(text, "certificate chain")?;
    if all.is_empty() {
        return Err(Error::invalid("The certificate chain is not in PEM format."));
    }
    Ok(all)
}

fn certificates(text: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    all.map_err(|error| Error::invalid(format!("The {what} is not in PEM format: {error}.")))
}

/// The key of the text: PKCS #8, PKCS #1 or SEC 1, not encrypted.
pub(crate) fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>, Error> {
    let is_encrypted = text.windows(9).any(|some| some == b"ENCRYPTED");
    PrivateKeyDer::from_pem_slice(text).map_err(|_| match is_encrypted {
        true => Error::invalid("The private key is encrypted. It must be in PEM format without a passphrase."),
        false => Error::invalid("The private key is not in PEM format."),
    })
}

/// Text that another one can follow.
pub(crate) fn text(bytes: &[u8], what: &str) -> Result<String, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| Error::invalid(format!("The {what} is not in PEM format.")))?;
    Ok(format!("{}\n", text.trim()))
}
