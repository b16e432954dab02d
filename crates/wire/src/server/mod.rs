//! The endpoint: one address for all services, as clients reach them with `AWS_ENDPOINT_URL`.
//!
//! A request is walked from top to bottom in [`walk`]: find the service, read a bounded body, verify the
//! signature, find the operation, decode, check, ask whether the caller may, call, encode. Whatever goes wrong on
//! the way is answered in the caller's protocol with an error that AWS has. Paths under `/_freehold/` are not AWS's
//! and go to [`Route`]s.
//!
//! The port speaks TLS too, where the server has an [`Identity`].
//!
//! One task per connection and none per request: a call that needs no waiting is answered where it was read.

mod answer;
mod authenticator;
mod body;
mod connection;
mod denied;
mod directory;
mod metrics;
mod panics;
mod route;
mod site;
mod tls;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use freehold_core::Clock;

pub use authenticator::{Authenticator, Authorisation, Credentials};
pub use denied::Denied;
pub use metrics::{Metrics, OperationStatus, Support};
pub use route::{PlainRequest, PlainResponse, Route};
pub use site::{Broken, Pieces, Scheme, Site, SiteResponse, pieces, whole};
pub use tls::Identity;

use crate::Service;
use crate::sigv4::SigningKeys;
use directory::Directory;

/// What a client may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Request line and headers, bytes.
    pub head_bytes: usize,
    /// Body, bytes, unless a service has a limit of its own.
    pub body_bytes: usize,
    /// For the head of a request to arrive, and for a kept connection to be used again.
    pub head_timeout: Duration,
    /// For the body to arrive.
    pub body_timeout: Duration,
    /// For calls under way when the server is told to end.
    pub shutdown_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 << 10,
            body_bytes: 1 << 20,
            head_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(5),
        }
    }
}

/// Gathers what a [`Server`] serves.
pub struct Builder {
    region: String,
    authenticator: Arc<dyn Authenticator>,
    clock: Arc<dyn Clock>,
    services: Vec<(Arc<Service>, Option<usize>)>,
    routes: Vec<Arc<dyn Route>>,
    sites: Vec<Arc<dyn Site>>,
    limits: Limits,
    identity: Option<Arc<dyn Identity>>,
}

impl Builder {
    /// Adds a service.
    pub fn service(mut self, service: impl Into<Arc<Service>>) -> Self {
        self.services.push((service.into(), None));
        self
    }

    /// Adds a service whose requests may have bodies of up to `body_bytes`.
    pub fn service_with_bodies(mut self, service: impl Into<Arc<Service>>, body_bytes: usize) -> Self {
        self.services.push((service.into(), Some(body_bytes)));
        self
    }

    /// Adds a route under `/_freehold/`.
    pub fn route(mut self, route: Arc<dyn Route>) -> Self {
        self.routes.push(route);
        self
    }

    /// Adds what answers for hosts or paths of its own.
    pub fn site(mut self, site: Arc<dyn Site>) -> Self {
        self.sites.push(site);
        self
    }

    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Lets clients speak TLS, on the same port. Without an identity they cannot.
    pub fn tls(mut self, identity: Arc<dyn Identity>) -> Self {
        self.identity = Some(identity);
        self
    }

    pub fn build(self) -> Server {
        let metrics = Arc::new(Metrics::new(self.services.iter().map(|(service, _)| &**service)));
        Server {
            inner: Arc::new(Inner {
                directory: Directory::new(self.services, self.limits.body_bytes),
                region: self.region,
                authenticator: self.authenticator,
                clock: self.clock,
                routes: self.routes,
                sites: self.sites,
                limits: self.limits,
                tls: self.identity.map(tls::Tls::new),
                signing_keys: SigningKeys::default(),
                metrics,
            }),
        }
    }
}

/// A server, ready for listeners. Clones share everything.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Inner>,
}

struct Inner {
    region: String,
    directory: Directory,
    authenticator: Arc<dyn Authenticator>,
    clock: Arc<dyn Clock>,
    routes: Vec<Arc<dyn Route>>,
    sites: Vec<Arc<dyn Site>>,
    limits: Limits,
    tls: Option<tls::Tls>,
    signing_keys: SigningKeys,
    metrics: Arc<Metrics>,
}

impl Server {
    /// A server of `region`: requests signed for another are refused, except to services that have no region.
    pub fn builder(region: impl Into<String>, authenticator: Arc<dyn Authenticator>, clock: Arc<dyn Clock>) -> Builder {
        Builder {
            region: region.into(),
            authenticator,
            clock,
            services: Vec::new(),
            routes: Vec::new(),
            sites: Vec::new(),
            limits: Limits::default(),
            identity: None,
        }
    }

    /// Counts of calls, by operation.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.inner.metrics)
    }

    /// Serves a connection that was accepted elsewhere, until it ends or the process does.
    pub async fn serve_connection(&self, stream: tokio::net::TcpStream, client: std::net::SocketAddr) {
        connection::serve_one(Arc::clone(&self.inner), stream, client).await;
    }

    /// Serves a listener until `shutdown` resolves; then takes no more calls, and returns when those under way are
    /// answered, or their time is over.
    pub async fn serve(&self, listener: tokio::net::TcpListener, shutdown: impl Future<Output = ()> + Send) {
        connection::accept(&self.inner, listener, shutdown).await;
    }
}
