//! A guest: a process that does nothing in a network namespace of its own, and sockets opened in there.

use std::io::{Read, Result, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, ipproto};

use crate::net::netns;

/// How long a packet that should pass may take, on however busy a machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long to listen for a packet that should not come. A test that is too impatient here can only miss a
/// fault, not report one that is not there.
pub const SILENCE: Duration = Duration::from_millis(250);

pub struct Guest {
    process: Child,
}

impl Guest {
    pub fn new() -> Self {
        let mut process = Command::new("unshare")
            .args(["--net", "sh", "-c", "echo; exec sleep infinity"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The line says that the namespace is there.
        process.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
        Self { process }
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Runs in the guest's namespace.
    pub fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        netns::enter(&netns::path_of_process(self.pid()), || Ok(work())).unwrap()
    }

    /// A port that accepts connections as long as the listener lives.
    pub fn listen(&self, port: u16) -> TcpListener {
        self.inside(|| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap())
    }

    pub fn udp(&self, port: u16) -> UdpSocket {
        self.inside(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap())
    }

    pub fn connect(&self, address: Ipv4Addr, port: u16) -> Result<TcpStream> {
        self.inside(|| connect(address, port, PATIENCE))
    }

    /// Whether a TCP connection is established.
    pub fn reaches(&self, address: Ipv4Addr, port: u16) -> bool {
        self.connect(address, port).is_ok()
    }

    /// Whether a TCP connection finds silence: neither accepted nor refused.
    pub fn is_dropped(&self, address: Ipv4Addr, port: u16) -> bool {
        self.inside(|| is_dropped(address, port))
    }

    /// Whether an ICMP echo is answered; `expected` says how long to wait for it.
    pub fn pings(&self, address: Ipv4Addr, expected: bool) -> bool {
        self.inside(|| ping(address, if expected { PATIENCE } else { SILENCE }))
    }

    pub fn has_address(&self, address: Ipv4Addr) -> bool {
        self.inside(|| UdpSocket::bind((address, 0)).is_ok())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn connect(address: Ipv4Addr, port: u16, patience: Duration) -> Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&SocketAddr::from((address, port)), patience)?;
    stream.set_read_timeout(Some(patience))?;
    Ok(stream)
}

/// From the caller's namespace: the host itself.
pub fn host_reaches(address: Ipv4Addr, port: u16) -> bool {
    connect(address, port, PATIENCE).is_ok()
}

pub fn is_dropped(address: Ipv4Addr, port: u16) -> bool {
    connect(address, port, SILENCE).is_err_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
}

/// Whether a datagram from one socket arrives at another.
pub fn arrives(from: &UdpSocket, to: (Ipv4Addr, u16), at: &UdpSocket, expected: bool) -> bool {
    from.send_to(b"datagram", to).unwrap();
    at.set_read_timeout(Some(if expected { PATIENCE } else { SILENCE })).unwrap();
    at.recv_from(&mut [0; 64]).is_ok()
}

/// Who a listener's next client is.
pub fn accept(listener: &TcpListener) -> Ipv4Addr {
    match listener.accept().unwrap().1.ip() {
        IpAddr::V4(address) => address,
        IpAddr::V6(address) => panic!("{address}"),
    }
}

/// One HTTP exchange, as text.
pub fn http(mut stream: TcpStream, request: &str) -> String {
    stream.write_all(format!("{request}\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn ping(address: Ipv4Addr, patience: Duration) -> bool {
    let socket: OwnedFd = rustix::net::socket(AddressFamily::INET, SocketType::RAW, Some(ipproto::ICMP)).unwrap();
    rustix::net::sockopt::set_socket_timeout(&socket, rustix::net::sockopt::Timeout::Recv, Some(SILENCE)).unwrap();
    // Type 8, code 0, checksum, identifier, sequence 1. A new identifier makes a new connection in the eyes of
    // the packet filter.
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let identifier = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let checksum = (!(0x0801 + u16::from_be_bytes(identifier))).to_be_bytes();
    let echo = [8, 0, checksum[0], checksum[1], identifier[0], identifier[1], 0, 1];
    let target = SocketAddr::from((address, 0));
    if rustix::net::sendto(&socket, &echo, SendFlags::empty(), &target).is_err() {
        return false;
    }
    let started = Instant::now();
    let mut buffer = [0; 256];
    while started.elapsed() < patience {
        let Ok((length, _)) = rustix::net::recv(&socket, &mut buffer, RecvFlags::empty()) else { continue };
        // An IP header of 20 bytes, then an echo reply.
        if length >= 28 && buffer[12..16] == address.octets() && buffer[20] == 0 {
            return true;
        }
    }
    false
}
