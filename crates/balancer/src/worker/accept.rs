//! Keeps one listening socket for each address and listener of the configuration, and hands what arrives on. A socket
//! whose listener stays is not touched by a change; one whose listener goes is closed only after all that waited in it
//! has been accepted.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::spawn_local;

use super::{Worker, sockets};
use crate::snapshot::ListenerKey;

/// How often a worker looks whether the configuration has changed.
const LOOK: Duration = Duration::from_millis(50);

type Open = HashMap<(SocketAddr, bool), watch::Sender<bool>>;

/// Returns when the process has been told to end and nothing more is accepted.
pub async fn serve(worker: Rc<Worker>) {
    let mut open = Open::new();
    let mut seen = 0;
    let mut stopping = worker.shared.stopping.subscribe();
    while !worker.is_stopping() {
        let version = worker.shared.published.version();
        if seen != version {
            // A socket that could not be opened is tried again.
            seen = if adapt(&worker, &mut open) { version } else { 0 };
        }
        let _ = tokio::time::timeout(LOOK, stopping.changed()).await;
    }
    close(open).await;
}

/// Opens what is wanted and not open, closes what is open and not wanted. False if something could not be opened.
fn adapt(worker: &Rc<Worker>, open: &mut Open) -> bool {
    let view = worker.view();
    let ips = sockets::addresses(&view.addresses);
    let mut wanted = HashMap::new();
    for listener in &view.listeners {
        for ip in &ips {
            let key = listener.key();
            wanted.insert((SocketAddr::new((*ip).into(), key.port), key.datagrams), key);
        }
    }
    open.retain(|at, end| wanted.contains_key(at) || end.send(true).is_err());
    let mut all_open = true;
    for ((address, datagrams), key) in wanted {
        if open.contains_key(&(address, datagrams)) {
            continue;
        }
        let about = format!("port {} on {}", key.port, address.ip());
        let (end, ended) = watch::channel(false);
        match start(worker, address, key, ended) {
            Ok(()) => {
                worker.shared.problems.set(&about, None);
                open.insert((address, datagrams), end);
            }
            Err(error) => {
                worker.shared.problems.set(&about, Some(error.to_string()));
                all_open = false;
            }
        }
    }
    all_open
}

fn start(
    worker: &Rc<Worker>,
    address: SocketAddr,
    key: ListenerKey,
    ended: watch::Receiver<bool>,
) -> std::io::Result<()> {
    match key.datagrams {
        true => {
            let socket = sockets::udp(address)?;
            spawn_local(crate::l4::udp::serve(worker.clone(), socket, key, ended));
        }
        false => {
            let listener = sockets::tcp(address)?;
            spawn_local(accept(worker.clone(), listener, key, ended));
        }
    }
    Ok(())
}

async fn close(open: Open) {
    for end in open.values() {
        let _ = end.send(true);
    }
    for end in open.values() {
        end.closed().await;
    }
}

async fn accept(worker: Rc<Worker>, listener: TcpListener, key: ListenerKey, mut ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => begin(&worker, stream, client, key),
                // Out of descriptors, most likely: others will be closed.
                Err(error) => {
                    tracing::warn!("accepting on port {}: {error}", key.port);
                    worker.cells().rejected_connections.add(1);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
        }
    }
    drain(&worker, listener, key).await;
}

/// Accepts what has waited already.
async fn drain(worker: &Rc<Worker>, listener: TcpListener, key: ListenerKey) {
    while let Ok(Ok((stream, client))) = tokio::time::timeout(Duration::from_millis(5), listener.accept()).await {
        begin(worker, stream, client, key);
    }
}

fn begin(worker: &Rc<Worker>, stream: TcpStream, client: SocketAddr, key: ListenerKey) {
    // A client that has gone already needs nothing.
    let Ok(local) = stream.local_addr() else { return };
    worker.cells().new_connections.add(1);
    spawn_local(crate::http::serve::connection(worker.clone(), stream, client, local, key));
}
