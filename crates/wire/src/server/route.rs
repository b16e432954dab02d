//! Plain HTTP beside AWS's protocols: health, status, the console.

use std::net::SocketAddr;

use async_trait::async_trait;
use bytes::Bytes;

use super::Metrics;

pub type PlainRequest = http::Request<Bytes>;
pub type PlainResponse = http::Response<Bytes>;

/// What is not AWS's lives under this. A route elsewhere is for what AWS serves as plain files (SNS's certificates); it must
/// answer no path that a service's protocol uses.
pub(super) const PREFIX: &str = "/_freehold/";

/// Answers the requests of a path.
#[async_trait]
pub trait Route: Send + Sync + 'static {
    /// `/_freehold/health`
    fn path(&self) -> &str;

    /// Whether requests of `path` are answered: those of the route's own, and of all below it where that ends with a slash.
    fn answers(&self, path: &str) -> bool {
        let own = self.path();
        path == own || (own.ends_with('/') && path.starts_with(own))
    }

    /// Answers a request of any method. No signature was checked. `client` is the other end of the connection.
    async fn handle(&self, request: PlainRequest, client: SocketAddr, metrics: &Metrics) -> PlainResponse;
}

/// The answer where no route is.
pub(super) fn not_found() -> PlainResponse {
    let mut response = http::Response::new(Bytes::from_static(b"{\"error\":\"there is nothing at this path\"}\n"));
    *response.status_mut() = http::StatusCode::NOT_FOUND;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
