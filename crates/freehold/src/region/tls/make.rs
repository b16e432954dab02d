//! Making keys and certificates: ECDSA on P-256, which takes a millisecond.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use freehold_core::DEFAULT_REGION;
use freehold_machine::net::endpoint::{ENDPOINT_ADDRESS, ENDPOINT_NAME};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::Server;

/// Years in which the authority is good. No clock is asked: it is as good as its key.
const AUTHORITY_YEARS: (i32, i32) = (2020, 2120);
/// Some clients accept no certificate of a server that is good for longer than 825 days.
const SERVER_DAYS: i64 = 800;

/// Signs certificates for the region.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    pub(super) fn new() -> io::Result<Self> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = authority(&key);
        let certificate = params.self_signed(&key).map_err(io::Error::other)?.der().clone();
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// One that was made earlier.
    pub(super) fn load(key: &PrivateKeyDer<'_>, certificate: CertificateDer<'static>) -> io::Result<Self> {
        let key = KeyPair::try_from(key).map_err(io::Error::other)?;
        Ok(Self { issuer: Issuer::new(authority(&key), key), certificate })
    }

    pub(super) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    pub(super) fn key(&self) -> PrivateKeyDer<'static> {
        pkcs8(self.issuer.key())
    }

    /// A certificate of these contents for `key`.
    pub(super) fn issue(&self, params: &CertificateParams, key: &KeyPair) -> io::Result<CertificateDer<'static>> {
        Ok(params.signed_by(key, &self.issuer).map_err(io::Error::other)?.der().clone())
    }

    /// A certificate for a server of these names, good from the day before `now`.
    pub(super) fn sign(&self, names: &[String], now: Timestamp) -> io::Result<Server> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, names.first().map_or("localhost", String::as_str));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // Clocks of clients may be a little behind.
        let midnight = |days: i64| {
            let date = now.to_zoned(TimeZone::UTC).date().saturating_add(days.days());
            // Months and days are small and not negative.
            rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
        };
        (params.not_before, params.not_after) = (midnight(-1), midnight(SERVER_DAYS));
        let certificate = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?.der().clone();
        Ok(Server { certificate, key: pkcs8(&key) })
    }
}

/// What the region is called: on this host, by clients that believe they call AWS, and inside of VPCs.
pub(super) fn names(listen: IpAddr) -> Vec<String> {
    // Not every client takes a star in front of a single word.
    let mut names = vec!["localhost".to_owned(), "*.localhost".to_owned()];
    for service in ["sns", "sqs", "*"] {
        names.push(format!("{service}.{DEFAULT_REGION}.amazonaws.com"));
    }
    names.push(ENDPOINT_NAME.to_owned());
    let mut addresses: Vec<IpAddr> =
        vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), ENDPOINT_ADDRESS.into()];
    if !addresses.contains(&listen) {
        addresses.push(listen);
    }
    names.extend(addresses.iter().map(IpAddr::to_string));
    names
}

fn pkcs8(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.serialize_der()).into()
}

/// Everything that the authority's certificate says follows from its key.
fn authority(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    // Regions that one client trusts are told apart by their names.
    let number =
        key.public_key_raw().iter().rev().take(4).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    params.distinguished_name.push(DnType::CommonName, format!("Freehold {DEFAULT_REGION} {number}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = rcgen::date_time_ymd(AUTHORITY_YEARS.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(AUTHORITY_YEARS.1, 1, 1);
    params
}
