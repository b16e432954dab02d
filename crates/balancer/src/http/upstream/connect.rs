//! A connection to a target: one that is idle, or a new one.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::pool::Key;
use crate::http::fault::Fault;
use crate::io::{Stream, Wire};
use crate::snapshot::{Group, Target};
use crate::tls;
use crate::worker::Worker;

/// *User Guide, HTTP 504*: the balancer gives up connecting after 10 seconds.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// As long as there are others to try, a target that does not answer holds nobody up for longer.
const CONNECT_LIMIT_WITH_OTHERS: Duration = Duration::from_secs(1);

pub struct Established {
    pub wire: Wire,
    pub key: Key,
    /// It has carried requests before, so it may be closed by now.
    pub is_reused: bool,
}

pub fn key(group: &Group, target: &Target) -> Key {
    Key { address: target.address, tls: group.uses_tls() }
}

/// For HTTP/1.1.
pub async fn establish(
    worker: &Worker,
    group: &Group,
    target: &Target,
    fresh: bool,
    has_others: bool,
) -> Result<Established, Fault> {
    let key = key(group, target);
    if !fresh && let Some(wire) = worker.pool.take(key) {
        return Ok(Established { wire, key, is_reused: true });
    }
    let stream = open(key, &["http/1.1"], has_others).await;
    match stream {
        Ok(stream) => {
            target.live.is_reachable();
            Ok(Established { wire: Wire::new(stream), key, is_reused: false })
        }
        Err(fault) => {
            target.live.cells.of(worker.index).connection_errors.add(1);
            target.live.is_unreachable(crate::http::date::now_millis());
            Err(fault)
        }
    }
}

pub async fn open(key: Key, protocols: &'static [&'static str], has_others: bool) -> Result<Stream, Fault> {
    let limit = if has_others { CONNECT_LIMIT_WITH_OTHERS } else { CONNECT_LIMIT };
    match tokio::time::timeout(limit, connect(key, protocols)).await {
        Ok(stream) => stream.map_err(Fault::Connect),
        Err(_) => Err(Fault::ConnectTimeout),
    }
}

async fn connect(key: Key, protocols: &'static [&'static str]) -> io::Result<Stream> {
    let tcp = TcpStream::connect(key.address).await?;
    tcp.set_nodelay(true)?;
    match key.tls {
        false => Ok(Stream::Plain(tcp)),
        true => handshake(tcp, key.address, protocols).await,
    }
}

pub async fn handshake(tcp: TcpStream, to: SocketAddr, protocols: &'static [&'static str]) -> io::Result<Stream> {
    let connector = TlsConnector::from(client_config(protocols)?);
    Ok(Stream::ToTarget(Box::new(connector.connect(ServerName::IpAddress(to.ip().into()), tcp).await?)))
}

/// One for each set of protocols, so that sessions are resumed.
fn client_config(protocols: &'static [&'static str]) -> io::Result<Arc<ClientConfig>> {
    static HTTP1: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    static HTTP2: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    static NONE: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    let place = match protocols {
        ["h2"] => &HTTP2,
        [] => &NONE,
        _ => &HTTP1,
    };
    place.get_or_init(|| tls::client(protocols)).clone().map_err(io::Error::other)
}
