//! The service `sns`: topics, their subscriptions, and what is published.
//!
//! ```text
//!  Publish ──▶ registry: topics in memory ──filters──▶ Queues::send, one commit ──▶ answer
//!                                                        ├─ queues of SQS: there at once
//!                                                        └─ queues of ours ──▶ couriers ──▶ HTTP, functions, outbox
//! ```
//!
//! Topics and subscriptions are documents in the store. What is published is in queues before the publisher is answered, all
//! of it or nothing; whoever is not a queue is told by a courier of its own, again and again as its policy says, and what
//! cannot be told ends in its dead-letter queue. SMS, push and e-mail have no network to leave by: they are recorded in an
//! outbox, and nobody is told that they were delivered.

mod certificate;
mod deliver;
mod delivery_policy;
mod errors;
mod filter;
mod ids;
mod metering;
mod model;
mod operations;
mod outbox;
mod policy;
mod post;
mod publish;
mod reconcile;
mod registry;
mod signature;
mod target;

use std::sync::Arc;

use freehold_core::Clock;
use freehold_core::reconcile::Reconcilers;
use freehold_core::targets::Targets;
use freehold_metering::Counter;
use freehold_queues::Queues;
use freehold_sqs::Sqs;
use freehold_store::{SharedStore, StoreExt, TxExt};
use freehold_wire::Service;
use jiff::Timestamp;
use tokio::sync::OnceCell;

use deliver::Couriers;
use errors::Error;
use model::{Subscription, Topic};
use post::Poster;
use registry::Registry;
use signature::Signer;

pub use certificate::CertificateRoute;
pub use model::{Channel, Outgone};
pub use target::TopicTarget;

/// What SNS stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub sqs: Arc<Sqs>,
    /// What takes messages for functions and streams.
    pub targets: Arc<Targets>,
    /// What counts requests.
    pub counter: Arc<Counter>,
}

/// Topics of a region.
pub struct Sns {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    sqs: Arc<Sqs>,
    queues: Arc<Queues>,
    targets: Arc<Targets>,
    counter: Arc<Counter>,
    registry: Registry,
    couriers: Couriers,
    poster: Poster,
    signer: OnceCell<Signer>,
}

impl Sns {
    /// Takes up what the store has.
    ///
    /// # Errors
    /// What the store reports.
    pub fn open(parts: Parts) -> Result<Arc<Self>, freehold_store::Error> {
        let Parts { store, clock, sqs, targets, counter } = parts;
        let registry = Registry::load(Arc::clone(&store))?;
        let queues = Arc::clone(sqs.queues());
        let (couriers, poster, signer) = (Couriers::default(), Poster::new(), OnceCell::new());
        Ok(Arc::new(Self { store, clock, sqs, queues, targets, counter, registry, couriers, poster, signer }))
    }

    /// The service `sns`.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    /// Goes on with what is to be delivered. Must be called inside a tokio runtime.
    pub fn start(self: &Arc<Self>, reconcilers: &Reconcilers) {
        for topic in self.registry.topics() {
            if let Some(queue) = topic.topic.published {
                self.queues.configure(queue, publish::note_settings());
            }
        }
        for live in self.registry.with_queues() {
            let Some(queue) = live.subscription.queue else { continue };
            self.queues.configure(queue, deliver::settings());
            if self.queues.counts(queue).is_ok_and(|counts| counts != Default::default()) {
                self.couriers.wake(self, &live);
            }
        }
        reconcile::start(self, reconcilers);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Changes a topic that must exist.
    async fn change_topic<F>(&self, arn: &str, change: F) -> Result<(), Error>
    where
        F: FnOnce(&mut Topic) -> Result<(), Error> + Send + 'static,
    {
        let id = arn.to_owned();
        self.store
            .transact::<_, Error, _>(move |tx| {
                let mut topic = tx.get::<Topic>(&id)?.ok_or_else(Error::no_topic)?;
                change(&mut topic)?;
                Ok(tx.put(&topic)?)
            })
            .await?;
        Ok(self.registry.refresh_topic(arn)?)
    }

    /// Changes a subscription that must exist.
    async fn change_subscription<F>(&self, arn: &str, change: F) -> Result<(), Error>
    where
        F: FnOnce(&mut Subscription) -> Result<(), Error> + Send + 'static,
    {
        let id = arn.to_owned();
        self.store
            .transact::<_, Error, _>(move |tx| {
                let mut subscription = tx.get::<Subscription>(&id)?.ok_or_else(Error::no_subscription)?;
                change(&mut subscription)?;
                Ok(tx.put(&subscription)?)
            })
            .await?;
        Ok(self.registry.refresh_subscription(arn)?)
    }
}
