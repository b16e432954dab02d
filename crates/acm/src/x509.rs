//! Reading certificates: what they say of themselves, whose key they hold, and who signed them.

use jiff::Timestamp;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::*;
use x509_parser::public_key::PublicKey;

use crate::errors::Error;
use crate::model::{Facts, KeyAlgorithm};

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, Error> {
    let (rest, parsed) = X509Certificate::from_der(certificate)
        .map_err(|error| Error::invalid(format!("The certificate cannot be read: {error}.")))?;
    match rest.is_empty() {
        true => Ok(parsed),
        false => Err(Error::invalid("The certificate cannot be read: something follows it.")),
    }
}

/// What the certificate says.
pub(crate) fn facts(certificate: &CertificateDer<'_>) -> Result<Facts, Error> {
    let parsed = parse(certificate)?;
    let time = |time: ASN1Time| Timestamp::from_second(time.timestamp()).unwrap_or(Timestamp::MAX);
    let names = names(&parsed);
    if names.is_empty() {
        return Err(Error::invalid("The certificate names no domain."));
    }
    Ok(Facts {
        serial: parsed.raw_serial_as_string(),
        subject: parsed.subject().to_string(),
        issuer: issuer(&parsed),
        names,
        key_algorithm: key_algorithm(&parsed)?,
        signature_algorithm: signature_algorithm(&parsed),
        key_usages: key_usages(&parsed),
        extended_key_usages: extended_key_usages(&parsed),
        not_before: time(parsed.validity().not_before),
        not_after: time(parsed.validity().not_after),
    })
}

/// The alternative names, else the common one; what the subject is called comes first.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let dns = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    };
    let mut names: Vec<String> =
        alternative.map(|names| names.value.general_names.iter().filter_map(dns).collect()).unwrap_or_default();
    let common = certificate.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
    if let Some(common) = common {
        names.retain(|name| name != common);
        names.insert(0, common.to_owned());
    }
    names
}

fn issuer(certificate: &X509Certificate<'_>) -> String {
    let issuer = certificate.issuer();
    let named = issuer.iter_common_name().chain(issuer.iter_organization()).find_map(|name| name.as_str().ok());
    named.map_or_else(|| issuer.to_string(), str::to_owned)
}

fn key_algorithm(certificate: &X509Certificate<'_>) -> Result<KeyAlgorithm, Error> {
    let unsupported = |what: &str| {
        Error::invalid(format!(
            "The key algorithm of the certificate ({what}) is not supported in this region: it must be RSA with 2048, \
             3072 or 4096 bits, or ECDSA on P-256 or P-384."
        ))
    };
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => {
            let bits = key.key_size();
            KeyAlgorithm::rsa(bits).ok_or_else(|| unsupported(&format!("RSA with {bits} bits")))
        }
        Ok(PublicKey::EC(point)) => match point.key_size() {
            256 => Ok(KeyAlgorithm::P256),
            384 => Ok(KeyAlgorithm::P384),
            other => Err(unsupported(&format!("ECDSA with {other} bits"))),
        },
        _ => Err(unsupported(&certificate.public_key().algorithm.algorithm.to_id_string())),
    }
}

/// AWS's names of what RFC 5280 has as OIDs.
fn signature_algorithm(certificate: &X509Certificate<'_>) -> String {
    match &*certificate.signature_algorithm.algorithm.to_id_string() {
        "1.2.840.113549.1.1.5" => "SHA1WITHRSA".into(),
        "1.2.840.113549.1.1.11" => "SHA256WITHRSA".into(),
        "1.2.840.113549.1.1.12" => "SHA384WITHRSA".into(),
        "1.2.840.113549.1.1.13" => "SHA512WITHRSA".into(),
        "1.2.840.10045.4.3.2" => "SHA256WITHECDSA".into(),
        "1.2.840.10045.4.3.3" => "SHA384WITHECDSA".into(),
        "1.2.840.10045.4.3.4" => "SHA512WITHECDSA".into(),
        "1.3.101.112" => "ED25519".into(),
        other => other.to_owned(),
    }
}

fn key_usages(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(usage)) = certificate.key_usage() else { return Vec::new() };
    let usage = usage.value;
    let all = [
        (usage.digital_signature(), "DIGITAL_SIGNATURE"),
        (usage.non_repudiation(), "NON_REPUDIATION"),
        (usage.key_encipherment(), "KEY_ENCIPHERMENT"),
        (usage.data_encipherment(), "DATA_ENCIPHERMENT"),
        (usage.key_agreement(), "KEY_AGREEMENT"),
        (usage.key_cert_sign(), "CERTIFICATE_SIGNING"),
        (usage.crl_sign(), "CRL_SIGNING"),
        (usage.encipher_only(), "ENCIPHER_ONLY"),
        (usage.decipher_only(), "DECIPHER_ONLY"),
    ];
    all.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned()).collect()
}

fn extended_key_usages(certificate: &X509Certificate<'_>) -> Vec<(String, String)> {
    let Ok(Some(usage)) = certificate.extended_key_usage() else { return Vec::new() };
    let usage = usage.value;
    let all = [
        (usage.any, "ANY", "2.5.29.37.0"),
        (usage.server_auth, "TLS_WEB_SERVER_AUTHENTICATION", "1.3.6.1.5.5.7.3.1"),
        (usage.client_auth, "TLS_WEB_CLIENT_AUTHENTICATION", "1.3.6.1.5.5.7.3.2"),
        (usage.code_signing, "CODE_SIGNING", "1.3.6.1.5.5.7.3.3"),
        (usage.email_protection, "EMAIL_PROTECTION", "1.3.6.1.5.5.7.3.4"),
        (usage.time_stamping, "TIME_STAMPING", "1.3.6.1.5.5.7.3.8"),
        (usage.ocsp_signing, "OCSP_SIGNING", "1.3.6.1.5.5.7.3.9"),
    ];
    let known = all.into_iter().filter(|(set, ..)| *set).map(|(_, name, oid)| (name.to_owned(), oid.to_owned()));
    let custom = usage.other.iter().map(|oid| ("CUSTOM".to_owned(), oid.to_id_string()));
    known.chain(custom).collect()
}

/// Refuses a key that is not the certificate's.
pub(crate) fn check_key(certificate: &CertificateDer<'_>, key: &PrivateKeyDer<'_>) -> Result<(), Error> {
    let unsupported = || Error::invalid("The private key is not supported in this region, or cannot be read.");
    let key = any_supported_type(key).map_err(|_| unsupported())?;
    let own = key.public_key().ok_or_else(unsupported)?;
    match *own == *parse(certificate)?.public_key().raw {
        true => Ok(()),
        false => Err(Error::invalid("The private key does not match the certificate.")),
    }
}

/// Refuses a chain in which one did not sign the one before it, the certificate being the first.
pub(crate) fn check_chain(certificate: &CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> Result<(), Error> {
    let mut signed = parse(certificate)?;
    for authority in chain {
        let authority = parse(authority)?;
        let is_good = signed.issuer().as_raw() == authority.subject().as_raw()
            && authority.is_ca()
            && signed.verify_signature(Some(authority.public_key())).is_ok();
        if !is_good {
            return Err(Error::invalid("Could not validate the certificate with the certificate chain."));
        }
        signed = authority;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
