//! The service `lambda`: functions, and what makes them run.
//!
//! ```text
//!  CreateFunction ──▶ package on disk, version in the store ──▶ prepare: revisions/<build>/ on disk ──▶ Active
//!  Invoke ──▶ which version ──▶ may one more run? ──▶ node, over its socket ──▶ answer
//!  Invoke (Event), SNS, EventBridge ──▶ queue of the function ──▶ dispatcher ──▶ node ──▶ destinations
//! ```
//!
//! This is the control plane. What runs functions is the node, a process of its own ([`freehold_functions`]) that goes on
//! while the region is away; it knows revisions on disk and nothing of AWS's API. How many invocations may run at once is
//! counted here, in memory: after a restart nothing of this process is under way.

mod connections;
mod download;
mod drain;
mod ec2;
mod errors;
mod invoke;
mod lookup;
mod metering;
mod model;
mod names;
pub mod node;
mod operations;
mod packages;
mod policy;
mod poll;
mod reconcile;
mod settings;
mod statements;
#[cfg(test)]
mod tests;
mod urls;
mod view;

use std::net::SocketAddr;
use std::sync::Arc;

use freehold_core::Clock;
use freehold_core::metrics::Metrics;
use freehold_core::patterns::EventPatterns;
use freehold_core::reconcile::Reconcilers;
use freehold_core::targets::Targets;
use freehold_functions::layout::Layout;
use freehold_iam::Iam;
use freehold_queues::Queues;
use freehold_store::{Filter, Kept, SharedStore, StoreExt};
use freehold_wire::{Local, Service};
use jiff::Timestamp;

pub use download::PackageRoute;
pub use invoke::FunctionTarget;
pub use urls::UrlSite;

use download::Downloads;
use invoke::{Dispatchers, Running};
use model::{Function, Version};
use node::SharedNode;
use packages::Packages;
use poll::Pollers;

/// Bytes of requests: a package of 50 MB in base64, and what is around it (*Developer guide, Lambda quotas*).
pub const BODY_BYTES: usize = 70_167_211;

/// What Lambda stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub region: String,
    pub iam: Arc<Iam>,
    pub local: Arc<Local>,
    pub targets: Arc<Targets>,
    pub metrics: Arc<dyn Metrics>,
    pub queues: Arc<Queues>,
    /// What understands the filters of event source mappings.
    pub patterns: Arc<dyn EventPatterns>,
    pub layout: Layout,
    pub node: SharedNode,
}

/// The functions of a region.
pub struct Lambda {
    store: SharedStore,
    /// What each invocation reads.
    functions: Kept<Function>,
    versions: Kept<Version>,
    clock: Arc<dyn Clock>,
    region: String,
    iam: Arc<Iam>,
    local: Arc<Local>,
    targets: Arc<Targets>,
    metrics: Arc<dyn Metrics>,
    queues: Arc<Queues>,
    patterns: Arc<dyn EventPatterns>,
    layout: Layout,
    node: SharedNode,
    packages: Packages,
    downloads: Downloads,
    /// What runs now.
    running: Arc<Running>,
    dispatchers: Dispatchers,
    pollers: Pollers,
}

impl Lambda {
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, region, iam, local, targets, metrics, queues, patterns, layout, node } = parts;
        let packages = Packages::new(layout.root());
        let downloads = Downloads::new();
        Arc::new(Self {
            functions: Kept::new(&store),
            versions: Kept::new(&store),
            store,
            clock,
            region,
            iam,
            local,
            targets,
            metrics,
            queues,
            patterns,
            layout,
            node,
            packages,
            downloads,
            running: Arc::default(),
            dispatchers: Dispatchers::default(),
            pollers: Pollers::default(),
        })
    }

    /// The service `lambda`.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    /// Sets what makes desired state true to work. Must be called inside a tokio runtime.
    pub fn start(self: &Arc<Self>, reconcilers: &Reconcilers) {
        reconcile::start(self, reconcilers);
        self.resume();
        tokio::spawn(drain::run(Arc::clone(self)));
    }

    /// Where the region listens, for functions that call it. Must be called before [`Lambda::start`].
    pub fn set_endpoint(&self, address: SocketAddr) {
        self.node.set_endpoint(address);
    }

    /// Takes up what waits in functions' queues.
    fn resume(self: &Arc<Self>) {
        let functions = self.store.list::<Function>(&Filter::all()).unwrap_or_else(|error| {
            tracing::error!(%error, "what waits for functions cannot be taken up");
            Vec::new()
        });
        for function in functions {
            self.queues.configure(function.queue, invoke::settings());
            if self.queues.counts(function.queue).is_ok_and(|counts| counts != Default::default()) {
                self.wake(&function);
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
