use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{CertificateParams, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

const SOON: Duration = Duration::from_secs(10);

/// An endpoint that answers every request with `answer` and remembers them.
struct Endpoint {
    address: SocketAddr,
    requests: Arc<std::sync::Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Endpoint {
    async fn plain(answer: &'static str) -> Self {
        Self::start(answer, None).await
    }

    async fn start(answer: &'static str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint =
            Self { address: listener.local_addr().unwrap(), requests: Arc::default(), connections: Arc::default() };
        let (requests, connections) = (Arc::clone(&endpoint.requests), Arc::clone(&endpoint.connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                let (requests, tls) = (Arc::clone(&requests), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, answer, &requests).await;
                            }
                        }
                        None => serve(stream, answer, &requests).await,
                    }
                });
            }
        });
        endpoint
    }

    fn url(&self, rest: &str) -> String {
        format!("http://{}{rest}", self.address)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Requests here end with `}`.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    answer: &str,
    requests: &std::sync::Mutex<Vec<String>>,
) {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        read.extend_from_slice(&buffer[..count]);
        if read.ends_with(b"}") {
            requests.lock().unwrap().push(String::from_utf8(std::mem::take(&mut read)).unwrap());
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

async fn post(poster: &Poster, url: &str) -> Result<u16, PostError> {
    poster.post(url, &[("x-amz-sns-message-type", "Notification".into())], "{}".into(), SOON).await
}

#[tokio::test]
async fn messages_are_posted_with_their_headers_over_one_connection() {
    let (endpoint, poster) = (Endpoint::plain(OK).await, Poster::new());
    for _ in 0..3 {
        assert_eq!(post(&poster, &endpoint.url("/a/b?c=d#e")).await, Ok(200));
    }
    let requests = endpoint.requests();
    assert_eq!((requests.len(), endpoint.connections.load(Ordering::Relaxed)), (3, 1));
    let request = requests[0].to_lowercase();
    assert!(request.starts_with("post /a/b?c=d http/1.1\r\n"), "{request}");
    for line in [
        "user-agent: amazon simple notification service agent",
        "x-amz-sns-message-type: notification",
        "content-length: 2",
        &format!("host: {}", endpoint.address),
    ] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{line} in {request}");
    }
    assert!(!request.contains("authorization"));
}

#[tokio::test]
async fn users_of_addresses_are_told_as_basic_authorization() {
    let (endpoint, poster) = (Endpoint::plain(OK).await, Poster::new());
    let url = format!("http://al%40ice:open%3Asesame@{}/", endpoint.address);
    assert_eq!(post(&poster, &url).await, Ok(200));
    let request = &endpoint.requests()[0];
    let expected = format!("authorization: Basic {}\r\n", STANDARD_ENCODED);
    assert!(request.contains(&expected), "{request}");
    assert!(!request.contains("sesame"));
}

/// `al@ice:open:sesame`
const STANDARD_ENCODED: &str = "YWxAaWNlOm9wZW46c2VzYW1l";

#[tokio::test]
async fn any_status_is_an_answer_and_redirects_are_not_followed() {
    let poster = Poster::new();
    let failing = Endpoint::plain("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(post(&poster, &failing.url("/")).await, Ok(503));
    let moved = Endpoint::plain("HTTP/1.1 302 Found\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(post(&poster, &moved.url("/")).await, Ok(302));
    assert_eq!(moved.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let endless = Box::leak(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(MAX_ANSWER + 1)).into_boxed_str());
    let endpoint = Endpoint::plain(endless).await;
    assert_eq!(post(&Poster::new(), &endpoint.url("/")).await, Ok(200));
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let endpoint = Endpoint::plain("").await;
    let poster = Poster::new();
    let answered = poster.post(&endpoint.url("/"), &[], "{}".into(), Duration::from_millis(50)).await;
    assert_eq!(answered, Err(PostError::Timeout));
}

#[tokio::test]
async fn endpoints_that_are_not_there_say_so() {
    let poster = Poster::new();
    // Bound and closed again: nobody listens.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(matches!(post(&poster, &format!("http://{free}/")).await, Err(PostError::Connect(_))));
    let garbage = Endpoint::plain("no http at all\r\n\r\n").await;
    assert!(matches!(post(&poster, &garbage.url("/")).await, Err(PostError::Broken(_))));
    for url in ["", "ftp://host/", "host/path", "http:///path", "http://ho st/"] {
        assert!(matches!(post(&poster, url).await, Err(PostError::Address(_))), "{url}");
    }
    let header = [("x", "a\nb".to_owned())];
    let refused = poster.post("http://127.0.0.1:1/", &header, String::new(), SOON).await;
    assert!(matches!(refused, Err(PostError::Unsendable(_))));
}

#[tokio::test]
async fn certificates_are_verified() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
    let der: CertificateDer<'static> = certificate.der().clone();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![der.clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let endpoint = Endpoint::start(OK, Some(TlsAcceptor::from(Arc::new(server)))).await;
    let url = format!("https://localhost:{}/", endpoint.address.port());

    let mut roots = RootCertStore::empty();
    roots.add(der).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let knowing = Poster::trusting(client);
    assert_eq!(post(&knowing, &url).await, Ok(200));
    let other = format!("https://{}/", endpoint.address);
    assert!(matches!(post(&knowing, &other).await, Err(PostError::Tls(_))), "the certificate is localhost's");

    let stranger = post(&Poster::new(), &url).await;
    assert!(matches!(stranger, Err(PostError::Tls(_))), "{stranger:?}");
    assert_eq!(endpoint.requests().len(), 1);
}
