//! EventBridge and its Scheduler: rules that match events, schedules that come due, and targets that are told.
//!
//! ```text
//!  PutEvents ─▶ rules of the bus ─┐
//!  services of the region ────────┤                      ┌─ functions, queues, topics, log groups
//!  schedules of rules ────────────┼─▶ spool ─▶ courier ──┼─ other buses, and their rules
//!  the Scheduler's schedules ─────┘    (on disk)         └─ dead-letter queues
//! ```
//!
//! Archives keep events of a bus before they are told, and replays put them on it again.
//!
//! What was put is in the spool for every target of every rule that wants it before whoever put it is answered. A target
//! is told at least once, and in no particular order.

mod archive;
mod delivery;
mod errors;
mod event;
mod expression;
mod measure;
mod model;
mod operations;
mod pattern;
mod reconcile;
mod rules;
mod scheduler;
mod sink;
mod transform;

use std::sync::Arc;

use freehold_core::Clock;
use freehold_core::metrics::Metrics;
use freehold_core::reconcile::Reconcilers;
use freehold_core::targets::Targets;
use freehold_iam::Iam;
use freehold_queues::{QueueId, Queues};
use freehold_store::SharedStore;
use freehold_wire::Service;
use jiff::Timestamp;

pub use pattern::Patterns;
use rules::Rules;
pub use sink::Sink;

/// Bytes of a request's body: events of a megabyte, written with escapes.
pub const BODY_BYTES: usize = 8 << 20;

/// The queue of what is still to be delivered: there is one. Those of SQS and SNS have random numbers.
const SPOOL: QueueId = 0x0065_7665_6e74_7300;

/// What EventBridge stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    /// `us-east-1`
    pub region: String,
    pub queues: Arc<Queues>,
    pub iam: Arc<Iam>,
    /// Who is told.
    pub targets: Arc<Targets>,
    pub metrics: Arc<dyn Metrics>,
}

/// Event buses and schedules of a region.
pub struct Events {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    region: String,
    queues: Arc<Queues>,
    iam: Arc<Iam>,
    targets: Arc<Targets>,
    metrics: Arc<dyn Metrics>,
    rules: Rules,
}

impl Events {
    /// Takes up what is still to be delivered.
    pub fn open(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, region, queues, iam, targets, metrics } = parts;
        queues.configure(SPOOL, delivery::settings());
        let rules = Rules::default();
        let events = Arc::new(Self { store, clock, region, queues, iam, targets, metrics, rules });
        events.iam.protect("events", Arc::clone(&events) as _);
        events.targets.register("events", Arc::new(sink::BusTarget(Arc::downgrade(&events))));
        events
    }

    /// The services `events` and `scheduler`.
    pub fn services(self: &Arc<Self>) -> Vec<Service> {
        vec![operations::service(self), scheduler::service(self)]
    }

    /// Goes on with what is to be delivered, and looks at schedules. Must be called inside a tokio runtime.
    pub fn start(self: &Arc<Self>, reconcilers: &Reconcilers) {
        tokio::spawn(delivery::run(Arc::clone(self)));
        reconcile::start(self, reconcilers);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
