//! Making the key and its certificate.

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256};
use ring::digest::{SHA256, digest};
use rsa::RsaPrivateKey;
use rsa::pkcs8::der::pem;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::rand_core::OsRng;
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::Error;
use super::key::SigningKey;

const BITS: usize = 2048;
/// What subscribers find as the certificate's subject.
const SUBJECT: &str = "sns.amazonaws.com";
/// Years of validity. They have nothing to do with a clock: a region's may be moved, a subscriber's may be wrong, and the
/// key is replaced by making another region.
const VALID: (i32, i32) = (2020, 2120);

/// Costs about a second of one core.
pub(super) fn signing_key() -> Result<SigningKey, Error> {
    made().map_err(|why| Error::Generation(why.to_string()))
}

fn made() -> Result<SigningKey, Box<dyn std::error::Error + Send + Sync>> {
    let private = RsaPrivateKey::new(&mut OsRng, BITS)?;
    let der = private.to_pkcs8_der()?;
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(der.as_bytes()), &PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::new(vec![SUBJECT.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, SUBJECT);
    (params.not_before, params.not_after) = (rcgen::date_time_ymd(VALID.0, 1, 1), rcgen::date_time_ymd(VALID.1, 1, 1));
    let certificate = params.self_signed(&pair)?;
    let fingerprint = digest(&SHA256, certificate.der());
    Ok(SigningKey {
        private_key_pem: private.to_pkcs8_pem(LineEnding::LF)?.to_string(),
        certificate_id: hex::encode(&fingerprint.as_ref()[..16]),
        certificate_pem: pem::encode_string("CERTIFICATE", LineEnding::LF, certificate.der())
            .map_err(|why| why.to_string())?,
    })
}
