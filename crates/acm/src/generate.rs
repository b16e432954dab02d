//! Making keys and what is to be signed for them.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256,
};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::rand_core::OsRng;
use rustls::pki_types::PrivatePkcs8KeyDer;

use crate::authority::{Authority, Signed};
use crate::model::KeyAlgorithm;

/// *ACM user guide, certificate characteristics*: thirteen months.
const DAYS: i64 = 395;
const RSA_BITS: usize = 2048;

/// Why there is none.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A certificate that was issued, with its key, PEM.
pub(crate) struct Issued {
    pub signed: Signed,
    pub private_key: String,
}

/// Makes a key and lets the authority sign it for the names, good from `now` on. An RSA key takes a second of one core.
pub(crate) fn issue(
    authority: &dyn Authority,
    algorithm: KeyAlgorithm,
    names: &[String],
    now: Timestamp,
) -> Result<Issued, Failure> {
    let (key, private_key) = key(algorithm)?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, names.first().map_or("", String::as_str));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // Nothing is encrypted for a key on a curve.
    if algorithm == KeyAlgorithm::Rsa2048 {
        params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    let midnight = |days: i64| {
        let date = now.to_zoned(TimeZone::UTC).date().saturating_add(days.days());
        // Months and days are small and not negative.
        rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    (params.not_before, params.not_after) = (midnight(0), midnight(DAYS));
    Ok(Issued { signed: authority.sign(&params, &key)?, private_key })
}

/// A new key, and the same as PEM.
fn key(algorithm: KeyAlgorithm) -> Result<(KeyPair, String), Failure> {
    let elliptic = match algorithm {
        KeyAlgorithm::P256 => Some(&PKCS_ECDSA_P256_SHA256),
        KeyAlgorithm::P384 => Some(&PKCS_ECDSA_P384_SHA384),
        _ => None,
    };
    if let Some(algorithm) = elliptic {
        let key = KeyPair::generate_for(algorithm)?;
        let text = rsa::pkcs8::der::pem::encode_string("PRIVATE KEY", LineEnding::LF, &key.serialize_der())
            .map_err(|error| error.to_string())?;
        return Ok((key, text));
    }
    // What can be requested has no others.
    let private = RsaPrivateKey::new(&mut OsRng, RSA_BITS)?;
    let der = private.to_pkcs8_der()?;
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(der.as_bytes()), &PKCS_RSA_SHA256)?;
    Ok((key, private.to_pkcs8_pem(LineEnding::LF)?.to_string()))
}
