//! The console, for browsers of this host.

use std::net::SocketAddr;

use async_trait::async_trait;
use freehold_console::{Console, PATH};
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};

use super::refusal_of_other_hosts;

pub struct ConsoleRoute(pub Console);

#[async_trait]
impl Route for ConsoleRoute {
    fn path(&self) -> &str {
        PATH
    }

    /// With all that is below it.
    fn answers(&self, path: &str) -> bool {
        path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr, _metrics: &Metrics) -> PlainResponse {
        match refusal_of_other_hosts(client) {
            Some(refusal) => refusal,
            None => self.0.answer(&request).await,
        }
    }
}
