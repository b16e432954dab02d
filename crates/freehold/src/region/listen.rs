//! The region's address.

use std::io::ErrorKind;
use std::net::SocketAddr;

use anyhow::{Result, anyhow};
use tokio::net::TcpListener;

/// Takes the address, or says in one line why that is not possible.
pub async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!("{address} is taken by another program; choose another with --listen"),
        ErrorKind::AddrNotAvailable => anyhow!("{address} is no address of this host; choose another with --listen"),
        ErrorKind::PermissionDenied => anyhow!("this user may not listen on {address}; choose a port above 1023"),
        _ => anyhow!("cannot listen on {address}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_named_with_the_way_out() {
        let first = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = first.local_addr().unwrap();
        let said = listen(address).await.unwrap_err().to_string();
        assert_eq!(said, format!("{address} is taken by another program; choose another with --listen"));
    }
}
