//! The host's own resolvers, asked in turn.

use std::io::{Error, ErrorKind, Result};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

const RESOLVERS: &str = "/etc/resolv.conf";

/// How many of the host's resolvers are asked, as by the C library.
const ASKED: usize = 3;

/// How long each may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// How a question came, and is passed on: a client that needs TCP has seen a truncated answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

/// Passes a query on and returns the first answer.
pub async fn ask(query: &[u8], transport: Transport) -> Result<Vec<u8>> {
    let configuration = tokio::fs::read_to_string(RESOLVERS).await?;
    ask_one_of(&servers(&configuration), query, transport).await
}

async fn ask_one_of(servers: &[SocketAddr], query: &[u8], transport: Transport) -> Result<Vec<u8>> {
    let mut last = Error::new(ErrorKind::NotFound, "the host has no resolver");
    for server in servers {
        let asked = async {
            match transport {
                Transport::Udp => over_udp(*server, query).await,
                Transport::Tcp => over_tcp(*server, query).await,
            }
        };
        match timeout(PATIENCE, asked).await {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(error)) => last = error,
            Err(elapsed) => last = elapsed.into(),
        }
    }
    Err(last)
}

async fn over_udp(server: SocketAddr, query: &[u8]) -> Result<Vec<u8>> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    ask_by_udp(UdpSocket::bind((any, 0)).await?, server, query).await
}

/// Asks a resolver by a socket that was made for it.
pub(crate) async fn ask_by_udp(socket: UdpSocket, server: SocketAddr, query: &[u8]) -> Result<Vec<u8>> {
    socket.connect(server).await?;
    socket.send(query).await?;
    let mut reply = vec![0; 65_535];
    loop {
        let length = socket.recv(&mut reply).await?;
        // A stray datagram is not the answer.
        if reply[..length].get(..2) == query.get(..2) {
            reply.truncate(length);
            return Ok(reply);
        }
    }
}

async fn over_tcp(server: SocketAddr, query: &[u8]) -> Result<Vec<u8>> {
    ask_by_tcp(TcpStream::connect(server).await?, query).await
}

/// Asks the resolver at the other end.
pub(crate) async fn ask_by_tcp(mut stream: TcpStream, query: &[u8]) -> Result<Vec<u8>> {
    let length = u16::try_from(query.len()).map_err(|_| Error::from(ErrorKind::InvalidInput))?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(query);
    stream.write_all(&framed).await?;
    let mut reply = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut reply).await?;
    Ok(reply)
}

/// The `nameserver` lines of `resolv.conf`.
fn servers(configuration: &str) -> Vec<SocketAddr> {
    configuration
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next()? == "nameserver").then(|| words.next()?.parse::<IpAddr>().ok()).flatten()
        })
        .map(|address| SocketAddr::new(address, 53))
        .take(ASKED)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_are_read_as_the_c_library_does() {
        let text = "# comment\nsearch example.org\nnameserver 10.0.0.1\nnameserver nonsense\n nameserver ::1\n";
        let expected: Vec<SocketAddr> = vec!["10.0.0.1:53".parse().unwrap(), "[::1]:53".parse().unwrap()];
        assert_eq!(servers(text), expected);
    }

    #[tokio::test]
    async fn a_silent_resolver_is_passed_over() {
        let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let answering = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = answering.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            let (length, peer) = answering.recv_from(&mut buffer).await.unwrap();
            answering.send_to(&buffer[..length], peer).await.unwrap();
        });
        let reply = ask_one_of(&[closed, address], b"\x12\x34question", Transport::Udp).await.unwrap();
        assert_eq!(reply, b"\x12\x34question");
    }

    #[tokio::test]
    async fn no_resolver_at_all_is_an_error() {
        assert!(ask_one_of(&[], b"\x12\x34", Transport::Udp).await.is_err());
    }
}
