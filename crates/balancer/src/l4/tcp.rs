//! A TCP flow, from the accept to its end. A TLS listener's flow has been decrypted already, and is encrypted again if the
//! target group speaks TLS.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};

use super::{proxy_protocol, source};
use crate::balance::{self, Flow};
use crate::config::Kind;
use crate::counters::Under;
use crate::http::h1::tunnel;
use crate::http::serve::Peer;
use crate::http::upstream::handshake;
use crate::io::{Buffer, Patience, Stream, Wire};
use crate::snapshot::{Group, Live, Snapshot, Target};
use crate::worker::Worker;

/// Targets that are tried before the client is turned away.
const MOST_TARGETS: usize = 3;
const CONNECT_LIMIT: Duration = Duration::from_secs(3);

pub async fn serve(worker: Rc<Worker>, client: Stream, peer: Peer) {
    let _busy = worker.busy();
    let cells = worker.cells();
    let (new_flows, active_flows, bytes) = match &client {
        Stream::Plain(_) => (&cells.new_flows, &cells.active_flows, &cells.bytes),
        _ => (&cells.new_tls_flows, &cells.active_tls_flows, &cells.tls_bytes),
    };
    new_flows.add(1);
    let _flow = Under::way(active_flows);
    let view = worker.view();
    let idle = view.listener(peer.key).map_or(0, |listener| listener.tcp_idle_timeout_seconds);
    let Some((target, live)) = connect(&worker, &view, &peer).await else {
        worker.cells().rejected_connections.add(1);
        return;
    };
    drop(view);
    let _active = Under::way(live.active.of(worker.index));
    live.cells.of(worker.index).requests.add(1);
    let patience = Patience::new(Duration::from_secs(idle.into()));
    let (client, target) = (Wire::new(client), Wire::new(target));
    let (mut from_client, mut from_target) = (Buffer::default(), Buffer::default());
    let stock = &worker.buffers;
    let relay = tunnel::run((&client, &mut from_client), (&target, &mut from_target), &patience, stock, bytes);
    tokio::select! {
        () = relay => {}
        () = live.flows_end() => {}
    }
}

/// A connection to the target that the flow belongs to, or to another if that one cannot be reached.
async fn connect(worker: &Worker, view: &Snapshot, peer: &Peer) -> Option<(Stream, Arc<Live>)> {
    let forward = view.listener(peer.key)?.flow_action()?;
    for _ in 0..MOST_TARGETS {
        let group = balance::choose_group(forward, &mut rand::rng())?;
        let target = choose(view, group, peer)?;
        let cells = target.live.cells.of(worker.index);
        match tokio::time::timeout(CONNECT_LIMIT, open(worker, group, target, peer)).await {
            Ok(Ok(stream)) => {
                target.live.is_reachable();
                return Some((stream, target.live.clone()));
            }
            outcome => {
                if let Ok(Err(error)) = outcome {
                    tracing::debug!("connecting to {}: {error}", target.address);
                }
                cells.connection_errors.add(1);
                // The next choice passes it over.
                target.live.is_unreachable(crate::http::date::now_millis());
            }
        }
    }
    None
}

fn choose<'a>(view: &'a Snapshot, group: &'a Group, peer: &Peer) -> Option<&'a Target> {
    let zone = view.confined_to(group, peer.origin.local.ip());
    match view.kind {
        // *User Guide, Classic Load Balancers: round robin for TCP listeners.*
        Kind::Classic => balance::for_request(group, zone, 0, &mut rand::rng()),
        _ => {
            let flow = Flow { client: peer.origin.client, local: peer.origin.local, datagrams: false };
            balance::for_flow(group, zone, &flow)
        }
    }
}

async fn open(worker: &Worker, group: &Group, target: &Target, peer: &Peer) -> io::Result<Stream> {
    let client = peer.origin.client;
    let socket = source::socket(worker, group.preserve_client_ip.then_some(client), target.address, false)?;
    let tcp: TcpStream = TcpSocket::from_std_stream(socket.into()).connect(target.address).await?;
    tcp.set_nodelay(true)?;
    let header = match (group.proxy_protocol_v2, group.proxy_protocol_v1) {
        (true, _) => Some(proxy_protocol::header(client, peer.origin.local, false)),
        (false, true) => Some(proxy_protocol::line(client, peer.origin.local)),
        (false, false) => None,
    };
    if let Some(header) = header {
        let wire = Wire::new(Stream::Plain(tcp));
        wire.write_all(&header).await?;
        return secure(wire.into_stream(), group, target).await;
    }
    secure(Stream::Plain(tcp), group, target).await
}

async fn secure(stream: Stream, group: &Group, target: &Target) -> io::Result<Stream> {
    match stream {
        Stream::Plain(tcp) if group.uses_tls() => handshake(tcp, target.address, &[]).await,
        stream => Ok(stream),
    }
}
