//! TLS of the region's address: an authority of the region's own, and a certificate that it signed.
//!
//! Both are made at the first start, so that clients can be told what to trust before they connect. They are read when
//! the first client speaks TLS; most never do. A certificate that is over, or does not name where the region listens, is
//! then replaced; the authority stays, and with it what clients trust.

mod authority;
mod files;
mod make;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use freehold_core::{Clock, SystemClock};
use freehold_wire::server::Identity;
use rustls::ServerConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{Error, RootCertStore};

use crate::data_dir::DataDir;
pub use authority::RegionAuthority;
use files::Files;

/// The region's certificate and key.
#[derive(Debug, Clone)]
pub struct RegionIdentity {
    files: Files,
    listen: IpAddr,
}

impl RegionIdentity {
    /// Makes what is missing: everything at the first start, nothing later.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn prepare(data: &DataDir, listen: SocketAddr) -> io::Result<Self> {
        let identity = Self { files: Files::new(data.tls()), listen: listen.ip() };
        if !identity.files.are_there() {
            identity.files.make_directory()?;
            identity.renew()?;
        }
        Ok(identity)
    }

    /// Reads the certificate, or a new one.
    fn load(&self) -> io::Result<ServerConfig> {
        if !self.is_good()? {
            tracing::info!("the certificate is renewed");
            self.renew()?;
        }
        let config = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        let mut config = config
            .and_then(|config| config.with_no_client_auth().with_single_cert(self.files.chain()?, self.files.key()?))
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Whether clients that trust the authority will accept the certificate for where the region listens.
    fn is_good(&self) -> io::Result<bool> {
        let (Ok(chain), Ok(_)) = (self.files.chain(), self.files.key()) else { return Ok(false) };
        let [server, authority] = &*chain else { return Ok(false) };
        let name = ServerName::from(self.address());
        Ok(accepts(authority, server, &name).is_ok())
    }

    fn renew(&self) -> io::Result<()> {
        let authority = match self.files.authority() {
            Ok((key, certificate)) => make::Authority::load(&key, certificate),
            Err(_) => make::Authority::new(),
        }?;
        let server = authority.sign(&make::names(self.address()), SystemClock.now())?;
        self.files.write(&authority, &server)
    }

    /// One address by which the region is reached.
    fn address(&self) -> IpAddr {
        match self.listen {
            any if any.is_unspecified() && any.is_ipv4() => std::net::Ipv4Addr::LOCALHOST.into(),
            any if any.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
            one => one,
        }
    }
}

#[async_trait]
impl Identity for RegionIdentity {
    async fn config(&self) -> io::Result<Arc<ServerConfig>> {
        let identity = self.clone();
        tokio::task::spawn_blocking(move || identity.load()).await.map_err(io::Error::other)?.map(Arc::new)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// What a client says that trusts `authority`, by the machine's clock, which is clients' too.
fn accepts(authority: &CertificateDer<'_>, server: &CertificateDer<'_>, name: &ServerName<'_>) -> Result<(), Error> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone().into_owned())?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    let verifier = verifier.map_err(|error| Error::General(error.to_string()))?;
    let seconds = u64::try_from(SystemClock.now().as_second()).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    verifier.verify_server_cert(server, &[], name, &[], now).map(drop)
}

/// A certificate with its key.
struct Server {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}
