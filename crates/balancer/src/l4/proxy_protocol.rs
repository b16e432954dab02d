//! The headers of the proxy protocol, which tell a target where a flow came from: version 2 (the PROXY protocol, 2.2),
//! and version 1 (2.1), which classic balancers speak.

use std::net::{IpAddr, SocketAddr};

const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Version 2, command PROXY.
const VERSION_AND_COMMAND: u8 = 0x21;

pub fn header(from: SocketAddr, to: SocketAddr, datagrams: bool) -> Vec<u8> {
    let transport = if datagrams { 2 } else { 1 };
    let (family, addresses) = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => (0x10, [from.octets(), to.octets()].concat()),
        (from, to) => (0x20, [mapped(from), mapped(to)].concat()),
    };
    let length = addresses.len() as u16 + 4;
    let mut header = SIGNATURE.to_vec();
    header.extend_from_slice(&[VERSION_AND_COMMAND, family | transport]);
    header.extend_from_slice(&length.to_be_bytes());
    header.extend_from_slice(&addresses);
    header.extend_from_slice(&from.port().to_be_bytes());
    header.extend_from_slice(&to.port().to_be_bytes());
    header
}

/// `PROXY TCP4 198.51.100.22 203.0.113.7 35646 80`
pub fn line(from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let family = if from.is_ipv4() { "TCP4" } else { "TCP6" };
    format!("PROXY {family} {} {} {} {}\r\n", from.ip(), to.ip(), from.port(), to.port()).into_bytes()
}

fn mapped(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_header_is_laid_out_as_specified() {
        let header = super::header("1.2.3.4:5".parse().unwrap(), "6.7.8.9:80".parse().unwrap(), false);
        let rest = [0x21, 0x11, 0, 12, 1, 2, 3, 4, 6, 7, 8, 9, 0, 5, 0, 80];
        assert_eq!(header, [&b"\r\n\r\n\0\r\nQUIT\n"[..], &rest].concat());
    }

    #[test]
    fn version_1_is_a_line() {
        let line = super::line("1.2.3.4:5".parse().unwrap(), "6.7.8.9:80".parse().unwrap());
        assert_eq!(line, b"PROXY TCP4 1.2.3.4 6.7.8.9 5 80\r\n");
    }
}
