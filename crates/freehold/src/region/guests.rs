//! The region's API as machines reach it from inside their VPCs. It is the same as from outside, but that development
//! credentials mean nothing: they are for whoever owns the host.

use std::net::SocketAddr;
use std::sync::Arc;

use freehold_iam::{Iam, is_development_key};
use freehold_machine::net::endpoint::GuestEndpoint;
use freehold_wire::server::{Authenticator, Authorisation, Credentials, Denied, Server};
use tokio::net::TcpStream;

/// Serves guests' connections.
pub struct Guests(pub Server);

impl GuestEndpoint for Guests {
    fn serve(&self, stream: TcpStream, guest: SocketAddr) {
        let server = self.0.clone();
        tokio::spawn(async move { server.serve_connection(stream, guest).await });
    }
}

/// Knows all keys but those of development.
pub struct GuestKeys(pub Arc<Iam>);

impl Authenticator for GuestKeys {
    fn credentials(&self, access_key_id: &str) -> Option<Arc<Credentials>> {
        if is_development_key(access_key_id) { None } else { self.0.credentials(access_key_id) }
    }

    fn has_ended(&self, credentials: &Credentials) -> bool {
        self.0.has_ended(credentials)
    }

    fn authorise(&self, question: &Authorisation<'_>) -> Result<(), Denied> {
        self.0.authorise(question)
    }
}
