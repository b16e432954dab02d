//! The address that a target sees: the client's if the target group preserves it. The node binds to an address that is not
//! its own (`IP_TRANSPARENT`, which needs `CAP_NET_ADMIN`); that answers find their way back is the network's part.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

use crate::worker::Worker;

const ABOUT: &str = "preserve_client_ip";

/// A socket towards `target`. If the client's address cannot be had, the flow leaves with the node's own, and the status
/// says why.
pub fn socket(worker: &Worker, client: Option<SocketAddr>, target: SocketAddr, datagrams: bool) -> io::Result<Socket> {
    let (kind, protocol) = match datagrams {
        true => (Type::DGRAM, Protocol::UDP),
        false => (Type::STREAM, Protocol::TCP),
    };
    let new = || Socket::new(Domain::for_address(target), kind.nonblocking().cloexec(), Some(protocol));
    let Some(client) = client else { return new() };
    let socket = new()?;
    match bind_as(&socket, client) {
        Ok(()) => {
            worker.shared.problems.set(ABOUT, None);
            Ok(socket)
        }
        Err(error) => {
            worker.shared.problems.set(ABOUT, Some(format!("targets see the balancer's address: {error}")));
            new()
        }
    }
}

fn bind_as(socket: &Socket, client: SocketAddr) -> io::Result<()> {
    socket.set_ip_transparent_v4(true)?;
    socket.set_reuse_address(true)?;
    match socket.bind(&client.into()) {
        // The port is in use on this host, for the client is on it, too.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => socket.bind(&SocketAddr::new(client.ip(), 0).into()),
        bound => bound,
    }
}
