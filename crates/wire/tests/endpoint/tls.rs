//! TLS and plain HTTP on one port.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use freehold_wire::server::Identity;
use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::{Answer, Running, Unsigned};

/// Has a certificate for localhost, unless it is told to fail first.
struct Localhost {
    config: Arc<ServerConfig>,
    certificate: CertificateDer<'static>,
    asked: AtomicUsize,
    failures: usize,
}

#[async_trait]
impl Identity for Localhost {
    async fn config(&self) -> io::Result<Arc<ServerConfig>> {
        if self.asked.fetch_add(1, Ordering::Relaxed) < self.failures {
            return Err(io::Error::other("not yet"));
        }
        Ok(Arc::clone(&self.config))
    }
}

impl Localhost {
    fn new(failures: usize) -> Arc<Self> {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
        let certificate = certificate.der().clone();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        Arc::new(Self { config: Arc::new(config), certificate, asked: AtomicUsize::new(0), failures })
    }

    async fn connect(&self, region: &Running) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(region.address).await?;
        TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await
    }
}

async fn region(identity: &Arc<Localhost>) -> Running {
    let identity = Arc::clone(identity);
    Running::with(move |server| server.tls(identity)).await
}

fn get_parameter() -> String {
    Unsigned::json("ssm", "AmazonSSM.GetParameter", "{\"Name\":\"n\"}").sign()
}

#[tokio::test]
async fn both_are_served_and_a_call_knows_which_one_it_came_by() {
    let identity = Localhost::new(0);
    let region = region(&identity).await;
    let plain = region.send(&get_parameter()).await;
    assert!(plain.body.contains("\"http://127.0.0.1\""), "{}", plain.body);
    assert_eq!(identity.asked.load(Ordering::Relaxed), 0, "nobody has asked for a certificate");
    for _ in 0..2 {
        let mut stream = identity.connect(&region).await.unwrap();
        // Connections are kept.
        for _ in 0..2 {
            stream.write_all(get_parameter().as_bytes()).await.unwrap();
            let answer = Answer::read(&mut stream).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert!(answer.body.contains("\"https://127.0.0.1\""), "{}", answer.body);
        }
    }
    assert_eq!(identity.asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_identity_that_fails_is_asked_again() {
    let identity = Localhost::new(1);
    let region = region(&identity).await;
    assert!(identity.connect(&region).await.is_err());
    assert!(identity.connect(&region).await.is_ok());
}

#[tokio::test]
async fn broken_handshakes_end_their_connection_only() {
    let identity = Localhost::new(0);
    let region = region(&identity).await;
    let mut broken = TcpStream::connect(region.address).await.unwrap();
    broken.write_all(b"\x16\x03\x01\x00\x05hello").await.unwrap();
    let mut answer = Vec::new();
    let _ = broken.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    drop(TcpStream::connect(region.address).await.unwrap());
    assert_eq!(region.send(&get_parameter()).await.status, 200);
}

#[tokio::test]
async fn without_an_identity_there_is_no_tls() {
    let region = Running::start().await;
    assert!(Localhost::new(0).connect(&region).await.is_err());
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_keep_a_server_from_ending() {
    let identity = Localhost::new(0);
    let mut region = region(&identity).await;
    let _silent = TcpStream::connect(region.address).await.unwrap();
    let _open = identity.connect(&region).await.unwrap();
    drop(region.end.take());
    // Shorter than what calls under way are given.
    tokio::time::timeout(Duration::from_secs(4), region.ended).await.unwrap().unwrap();
}
