//! TLS on the port of plain HTTP. The first byte tells them apart: 22 begins a TLS record of a handshake (RFC 8446,
//! section 5.1), and no method of HTTP.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const HANDSHAKE: u8 = 22;

/// Who the server is to clients that speak TLS.
#[async_trait]
pub trait Identity: Send + Sync + 'static {
    /// The server's certificate and key. Asked when the first client speaks TLS; after an error, again.
    async fn config(&self) -> io::Result<Arc<ServerConfig>>;
}

/// Opens connections of both kinds.
pub(super) struct Tls {
    identity: Arc<dyn Identity>,
    acceptor: OnceCell<TlsAcceptor>,
}

/// A connection that is ready for HTTP.
pub(super) enum Opened {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Tls {
    pub(super) fn new(identity: Arc<dyn Identity>) -> Self {
        Self { identity, acceptor: OnceCell::new() }
    }

    /// Waits for the client's first byte, and shakes hands if it wants to. A plain connection is looked into once, and
    /// stays what it is.
    pub(super) async fn open(&self, stream: TcpStream) -> io::Result<Opened> {
        let mut first = [0];
        let count = stream.peek(&mut first).await?;
        if count == 0 || first[0] != HANDSHAKE {
            return Ok(Opened::Plain(stream));
        }
        let acceptor = self.acceptor.get_or_try_init(|| async {
            let config = self.identity.config().await;
            config.inspect_err(|error| tracing::warn!(%error, "no TLS")).map(TlsAcceptor::from)
        });
        let handshake = acceptor.await?.accept(stream);
        // Apart from the connection's task, which is smaller so for those that are plain.
        Ok(Opened::Tls(Box::new(Box::pin(handshake).await?)))
    }
}
