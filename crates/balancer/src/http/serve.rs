//! A connection from the accept to its end: TLS if the listener has it, then what the listener and ALPN say.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::forwarded::{Origin, Tls};
use super::{h1, h2};
use crate::counters::Under;
use crate::io::Stream;
use crate::l4;
use crate::snapshot::{Listener, ListenerKey};
use crate::tls;
use crate::worker::Worker;

/// A client that does not get on with its handshake is sent away.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// What every request of a connection shares.
pub struct Peer {
    pub key: ListenerKey,
    pub origin: Origin,
    /// By which name the client asked, and which certificate it got.
    pub server_name: Option<String>,
    pub certificate: Option<String>,
    /// For logs.
    pub id: String,
}

pub async fn connection(
    worker: Rc<Worker>,
    stream: TcpStream,
    client: SocketAddr,
    local: SocketAddr,
    key: ListenerKey,
) {
    let _active = Under::way(&worker.cells().active_connections);
    // Only slower if it fails.
    let _ = stream.set_nodelay(true);
    let Some(listener) = worker.view().listener(key).cloned() else { return };
    let mut peer = Peer {
        key,
        origin: Origin { client, local, tls: None },
        server_name: None,
        certificate: None,
        id: format!("{:032x}", rand::rng().random::<u128>()),
    };
    let Some((stream, speaks_http2)) = accept_tls(&worker, stream, &listener, &mut peer).await else { return };
    match (listener.is_http(), speaks_http2) {
        (true, true) => h2::serve(worker.clone(), stream, Rc::new(peer)).await,
        (true, false) => h1::serve(worker.clone(), stream, peer).await,
        (false, _) => l4::tcp::serve(worker.clone(), stream, peer).await,
    }
}

/// The stream in the clear, and whether the client chose HTTP/2.
async fn accept_tls(
    worker: &Worker,
    stream: TcpStream,
    listener: &Arc<Listener>,
    peer: &mut Peer,
) -> Option<(Stream, bool)> {
    let Some(terminator) = &listener.tls else { return Some((Stream::Plain(stream), false)) };
    let acceptor = TlsAcceptor::from(terminator.config.clone());
    let stream = match tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        _ => {
            worker.cells().tls_errors.add(1);
            return None;
        }
    };
    let session = stream.get_ref().1;
    peer.origin.tls = session
        .protocol_version()
        .zip(session.negotiated_cipher_suite())
        .map(|(version, suite)| Tls { version: tls::version_name(version), suite: tls::suite_name(suite.suite()) });
    peer.certificate = Some(terminator.chosen(session.server_name()).to_owned());
    peer.server_name = session.server_name().map(str::to_owned);
    let speaks_http2 = session.alpn_protocol() == Some(b"h2");
    Some((Stream::FromClient(Box::new(stream)), speaks_http2))
}
