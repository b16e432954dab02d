//! The way from a sandbox to the region's API: connections to a port of its loopback are handed on to where the region
//! listens for guests. Nothing else of the host can be reached by it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

#[derive(Default)]
pub struct Endpoint {
    address: Mutex<Option<SocketAddr>>,
}

impl Endpoint {
    pub fn set(&self, address: SocketAddr) {
        *self.address.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }

    fn get(&self) -> Option<SocketAddr> {
        *self.address.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands connections on until the task is aborted. Without a region there is nobody, and they are closed.
    pub fn serve(self: &Arc<Self>, listener: std::net::TcpListener) -> freehold_machine::Result<AbortHandle> {
        let failed = |error| freehold_machine::Error::io("serve the region's endpoint", error);
        listener.set_nonblocking(true).map_err(failed)?;
        let listener = TcpListener::from_std(listener).map_err(failed)?;
        let endpoint = Arc::clone(self);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let Ok((mut inside, _)) = listener.accept().await else {
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    continue;
                };
                let Some(address) = endpoint.get() else { continue };
                connections.spawn(async move {
                    let _ = inside.set_nodelay(true);
                    let Ok(mut outside) = TcpStream::connect(address).await else { return };
                    let _ = outside.set_nodelay(true);
                    let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(task.abort_handle())
    }
}
