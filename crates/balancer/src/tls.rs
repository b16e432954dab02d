//! TLS: certificates by server name, versions by policy, protocols by ALPN; and the client towards targets, whose
//! certificates are not verified (*User Guide, Target groups for Application Load Balancers: the load balancer does not
//! validate target certificates*).

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme, SupportedProtocolVersion, version};

use crate::config;

/// Ends the TLS of a listener's clients.
#[derive(Debug)]
pub struct Terminator {
    pub config: Arc<ServerConfig>,
    resolver: Arc<ByName>,
}

impl Terminator {
    pub fn new(listener: &config::Listener, offers_http2: bool) -> Result<Terminator, String> {
        let resolver = Arc::new(ByName::new(&listener.certificates)?);
        let versions = versions_of(listener.ssl_policy.as_deref().unwrap_or_default());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_cert_resolver(resolver.clone());
        config.alpn_protocols = protocols_of(listener, offers_http2);
        // Tickets resume sessions without a store that the workers would share.
        config.ticketer = ring::Ticketer::new().map_err(|error| error.to_string())?;
        config.send_half_rtt_data = true;
        Ok(Terminator { config: Arc::new(config), resolver })
    }

    /// ARN of the certificate that a client gets who asks for `name`.
    pub fn chosen(&self, name: Option<&str>) -> &str {
        self.resolver.choose(name).0
    }
}

/// *User Guide, Security policies*: rustls has 1.2 and 1.3, so policies that also allow older versions start at 1.2.
fn versions_of(policy: &str) -> &'static [&'static SupportedProtocolVersion] {
    static NEW: [&SupportedProtocolVersion; 1] = [&version::TLS13];
    static BOTH: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];
    static OLD: [&SupportedProtocolVersion; 1] = [&version::TLS12];
    match policy {
        _ if policy.contains("TLS13-1-3") => &NEW,
        _ if policy.contains("TLS13") || policy.is_empty() => &BOTH,
        _ => &OLD,
    }
}

/// *User Guide, ALPN policies*; HTTPS listeners offer HTTP/2 if the balancer does.
fn protocols_of(listener: &config::Listener, offers_http2: bool) -> Vec<Vec<u8>> {
    let names: &[&str] = match listener.alpn_policy.as_deref() {
        Some("HTTP1Only") => &["http/1.1", "http/1.0"],
        Some("HTTP2Only") => &["h2"],
        Some("HTTP2Optional") => &["http/1.1", "http/1.0", "h2"],
        Some("HTTP2Preferred") => &["h2", "http/1.1", "http/1.0"],
        _ if listener.protocol == config::Protocol::Tls => &[],
        _ if offers_http2 => &["h2", "http/1.1"],
        _ => &["http/1.1"],
    };
    names.iter().map(|name| name.as_bytes().to_vec()).collect()
}

/// Certificates of a listener, the default one first, each with the names it is good for.
#[derive(Debug)]
struct ByName {
    certificates: Vec<(String, Vec<String>, Arc<CertifiedKey>)>,
}

impl ByName {
    fn new(from: &[config::Certificate]) -> Result<ByName, String> {
        if from.is_empty() {
            return Err("the listener has no certificate".into());
        }
        let read = |one: &config::Certificate| {
            let (names, key) = certified(one).map_err(|error| format!("{}: {error}", one.arn))?;
            Ok((one.arn.clone(), names, Arc::new(key)))
        };
        Ok(ByName { certificates: from.iter().map(read).collect::<Result<_, String>>()? })
    }

    /// An exact name before a wildcard, the default certificate if none fits.
    fn choose(&self, name: Option<&str>) -> (&String, &Arc<CertifiedKey>) {
        let name = name.map(str::to_ascii_lowercase);
        let wildcard = name.as_deref().and_then(|name| name.split_once('.')).map(|(_, rest)| format!("*.{rest}"));
        let find = |wanted: &Option<String>| {
            let wanted = wanted.as_ref()?;
            self.certificates.iter().find(|(_, names, _)| names.contains(wanted))
        };
        // The constructor refuses an empty list.
        let (arn, _, key) = find(&name).or_else(|| find(&wildcard)).unwrap_or(&self.certificates[0]);
        (arn, key)
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.choose(hello.server_name()).1.clone())
    }
}

fn certified(from: &config::Certificate) -> Result<(Vec<String>, CertifiedKey), String> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(from.chain.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the certificate: {error}"))?;
    let key = PrivateKeyDer::from_pem_slice(from.private_key.as_bytes())
        .map_err(|error| format!("the private key: {error}"))?;
    let names = chain.first().map(names_of).ok_or("the certificate is empty")?;
    let signing = ring::sign::any_supported_type(&key).map_err(|error| format!("the private key: {error}"))?;
    Ok((names, CertifiedKey::new(chain, signing)))
}

/// DNS names of the certificate's subjectAltName, in lower case. Found by the extension's object identifier (2.5.29.17)
/// and read as what follows: OCTET STRING, SEQUENCE, and names with the context tag 2. A certificate without them is good
/// for being the default one only.
fn names_of(certificate: &CertificateDer<'_>) -> Vec<String> {
    const SUBJECT_ALT_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x11];
    const DNS_NAME: u8 = 0x82;
    let der: &[u8] = certificate;
    let Some(at) = der.windows(SUBJECT_ALT_NAME.len()).position(|window| window == SUBJECT_ALT_NAME) else {
        return Vec::new();
    };
    let mut rest = &der[at + SUBJECT_ALT_NAME.len()..];
    // `critical BOOLEAN`, if it is there.
    if rest.first() == Some(&0x01) {
        rest = rest.get(3..).unwrap_or_default();
    }
    let Some((0x04, octets, _)) = element(rest) else { return Vec::new() };
    let Some((0x30, mut names, _)) = element(octets) else { return Vec::new() };
    let mut found = Vec::new();
    while let Some((tag, value, after)) = element(names) {
        if tag == DNS_NAME {
            found.push(String::from_utf8_lossy(value).to_ascii_lowercase());
        }
        names = after;
    }
    found
}

/// Tag, contents and what follows of a DER element.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?), rest.get(2..)?),
        _ => return None,
    };
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}

/// Speaks to targets over TLS and takes any certificate.
pub fn client(protocols: &[&str]) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TakesAny(provider)))
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    config.enable_sni = false;
    Ok(Arc::new(config))
}

#[derive(Debug)]
struct TakesAny(Arc<CryptoProvider>);

impl ServerCertVerifier for TakesAny {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The name that OpenSSL, and with it AWS's logs and headers, has for a suite.
pub fn suite_name(suite: rustls::CipherSuite) -> &'static str {
    use rustls::CipherSuite as Suite;
    match suite {
        Suite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        Suite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        Suite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        Suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        Suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        Suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-ECDSA-CHACHA20-POLY1305",
        Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        Suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        Suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-RSA-CHACHA20-POLY1305",
        _ => "-",
    }
}

pub fn version_name(version: rustls::ProtocolVersion) -> &'static str {
    match version {
        rustls::ProtocolVersion::TLSv1_3 => "TLSv1.3",
        rustls::ProtocolVersion::TLSv1_2 => "TLSv1.2",
        _ => "-",
    }
}
