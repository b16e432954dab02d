//! Listening sockets. Every worker binds its own to the same addresses, and the kernel spreads connections over them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 4096;

pub fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = bound(address, Type::STREAM, Protocol::TCP)?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

pub fn udp(address: SocketAddr) -> io::Result<UdpSocket> {
    UdpSocket::from_std(bound(address, Type::DGRAM, Protocol::UDP)?.into())
}

fn bound(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind.nonblocking().cloexec(), Some(protocol))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    // The node may start a moment before its address is on the interface.
    let _ = socket.set_freebind_v4(true);
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Where listeners answer: on the balancer's addresses, or everywhere if it has none.
pub fn addresses(of: &[(Ipv4Addr, String)]) -> Vec<Ipv4Addr> {
    match of {
        [] => vec![Ipv4Addr::UNSPECIFIED],
        some => some.iter().map(|(ip, _)| *ip).collect(),
    }
}
