//! UDP flows. What comes from one client's address and port is a flow until nothing has moved for two minutes; each has a
//! socket of its own towards its target, so that answers find their client.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::spawn_local;
use tokio::time::Instant;

use super::{proxy_protocol, source};
use crate::balance::{self, Flow};
use crate::counters::Under;
use crate::snapshot::{ListenerKey, Live};
use crate::worker::Worker;

/// *User Guide, Network Load Balancers: the idle timeout of UDP flows is 120 seconds.*
const IDLE_LIMIT: Duration = Duration::from_secs(120);
const LONGEST_DATAGRAM: usize = 65_536;
/// Flows of a listener and worker at most; what would begin another one is dropped.
const MOST_FLOWS: usize = 10_000;

struct Outgoing {
    socket: UdpSocket,
    /// Put before each datagram.
    prefix: Vec<u8>,
    moved: Cell<Instant>,
    live: Arc<Live>,
}

type Flows = Rc<RefCell<HashMap<SocketAddr, Rc<Outgoing>>>>;

pub async fn serve(worker: Rc<Worker>, socket: UdpSocket, key: ListenerKey, mut ended: watch::Receiver<bool>) {
    let socket = Rc::new(socket);
    let flows = Flows::default();
    let mut datagram = vec![0; LONGEST_DATAGRAM];
    loop {
        tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => return,
            received = socket.recv_from(&mut datagram) => {
                // An ICMP error about some client, perhaps; the next datagram is another one's.
                let Ok((length, client)) = received else { continue };
                pass_on(&worker, &socket, key, &flows, client, &datagram[..length]).await;
            }
        }
    }
}

async fn pass_on(
    worker: &Rc<Worker>,
    socket: &Rc<UdpSocket>,
    key: ListenerKey,
    flows: &Flows,
    client: SocketAddr,
    datagram: &[u8],
) {
    let known = flows.borrow().get(&client).cloned();
    let flow = match known {
        Some(flow) => flow,
        None if flows.borrow().len() >= MOST_FLOWS => return worker.cells().rejected_connections.add(1),
        None => match begin(worker, socket, key, client) {
            Some(flow) => {
                flows.borrow_mut().insert(client, flow.clone());
                spawn_local(answers(worker.clone(), socket.clone(), flows.clone(), client, flow.clone()));
                flow
            }
            None => return worker.cells().rejected_connections.add(1),
        },
    };
    flow.moved.set(Instant::now());
    worker.cells().udp_bytes.add(datagram.len() as u64);
    // Datagrams may get lost.
    let _ = match flow.prefix.is_empty() {
        true => flow.socket.send(datagram).await,
        false => flow.socket.send(&[&flow.prefix[..], datagram].concat()).await,
    };
}

fn begin(worker: &Rc<Worker>, socket: &UdpSocket, key: ListenerKey, client: SocketAddr) -> Option<Rc<Outgoing>> {
    let view = worker.view();
    let forward = view.listener(key)?.flow_action()?;
    let group = balance::choose_group(forward, &mut rand::rng())?;
    let local = socket.local_addr().ok()?;
    let zone = view.confined_to(group, local.ip());
    let target = balance::for_flow(group, zone, &Flow { client, local, datagrams: true })?;
    let connected = || -> io::Result<UdpSocket> {
        let socket = source::socket(worker, group.preserve_client_ip.then_some(client), target.address, true)?;
        socket.connect(&target.address.into())?;
        UdpSocket::from_std(socket.into())
    };
    let prefix = match group.proxy_protocol_v2 {
        true => proxy_protocol::header(client, local, true),
        false => Vec::new(),
    };
    let socket = connected().ok()?;
    Some(Rc::new(Outgoing { socket, prefix, moved: Cell::new(Instant::now()), live: target.live.clone() }))
}

/// Brings the target's datagrams to the client until the flow ends.
async fn answers(worker: Rc<Worker>, socket: Rc<UdpSocket>, flows: Flows, client: SocketAddr, flow: Rc<Outgoing>) {
    let cells = worker.cells();
    cells.new_udp_flows.add(1);
    let _flow = Under::way(&cells.active_udp_flows);
    let _active = Under::way(flow.live.active.of(worker.index));
    flow.live.cells.of(worker.index).requests.add(1);
    let mut room = vec![0; LONGEST_DATAGRAM];
    loop {
        let left = IDLE_LIMIT.saturating_sub(flow.moved.get().elapsed());
        tokio::select! {
            ready = flow.socket.readable() => {
                if ready.is_err() || !answer(&worker, &socket, client, &flow, &mut room).await {
                    break;
                }
            }
            () = flow.live.flows_end() => break,
            () = tokio::time::sleep(left) => {
                if flow.moved.get().elapsed() >= IDLE_LIMIT {
                    break;
                }
            }
        }
    }
    flows.borrow_mut().remove(&client);
}

/// False if the target has no such port: another may get what the client sends next.
async fn answer(worker: &Worker, socket: &UdpSocket, client: SocketAddr, flow: &Outgoing, room: &mut [u8]) -> bool {
    match flow.socket.try_recv(room) {
        Ok(length) => {
            flow.moved.set(Instant::now());
            worker.cells().udp_bytes.add(length as u64);
            let _ = socket.send_to(&room[..length], client).await;
            true
        }
        Err(error) => error.kind() == io::ErrorKind::WouldBlock,
    }
}
