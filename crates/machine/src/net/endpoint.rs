//! The region's API as guests reach it: at an address of their VPC's namespace, served by the control plane.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

pub use super::services::{ENDPOINT_ADDRESS, ENDPOINT_NAME};

/// Serves the API to guests. Calls are signed like any others; that a guest makes them gives it nothing.
pub trait GuestEndpoint: Send + Sync + 'static {
    /// Takes a connection over. `guest` is its address in its VPC.
    fn serve(&self, stream: TcpStream, guest: SocketAddr);
}

/// Hands connections over until it is dropped. Those that come before anybody serves are closed.
pub(super) async fn serve(listener: TcpListener, endpoint: Arc<OnceLock<Arc<dyn GuestEndpoint>>>) {
    loop {
        match (listener.accept().await, endpoint.get()) {
            (Ok((stream, guest)), Some(endpoint)) => endpoint.serve(stream, guest),
            (Ok(_), None) => {}
            // Out of descriptors, for example: others must be closed first.
            (Err(error), _) => {
                tracing::warn!(%error, "a guest's call could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
