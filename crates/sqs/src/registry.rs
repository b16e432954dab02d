//! The queues that exist, in memory: sending, receiving and deleting ask nothing else. The store is the truth; what
//! was committed there comes here before the caller hears of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use freehold_iam::policy::{Kind, Policy};
use freehold_queues::{DeadLetters, Fifo, QueueId, Settings};

use crate::address::Name;
use crate::model::Definition;

/// Messages of a queue that may be in flight (*SQS developer guide, Message quotas*).
const IN_FLIGHT_AT_MOST: usize = 120_000;

/// A queue, ready for use.
#[derive(Debug)]
pub(crate) struct Queue {
    pub definition: Definition,
    pub arn: String,
    pub policy: Option<Arc<Policy>>,
}

impl Queue {
    pub fn new(definition: Definition, region: &str) -> Self {
        let arn = definition.name().arn(region);
        // What was accepted once is read again; a queue whose policy cannot be read lets in nobody else.
        let policy = definition.attributes.policy.as_deref().and_then(|text| {
            Policy::parse(text, Kind::Resource)
                .inspect_err(|error| tracing::error!(%error, arn, "a queue's policy cannot be read"))
                .ok()
                .map(Arc::new)
        });
        Self { definition, arn, policy }
    }

    pub fn id(&self) -> QueueId {
        self.definition.queue
    }

    pub fn is_fifo(&self) -> bool {
        self.definition.is_fifo()
    }
}

/// Queues by account and name, and by number.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_name: HashMap<String, BTreeMap<String, Arc<Queue>>>,
    by_id: HashMap<QueueId, Arc<Queue>>,
}

impl Registry {
    pub fn get(&self, name: Name<'_>) -> Option<Arc<Queue>> {
        self.read().by_name.get(name.account)?.get(name.queue).cloned()
    }

    pub fn by_id(&self, id: QueueId) -> Option<Arc<Queue>> {
        self.read().by_id.get(&id).cloned()
    }

    /// The account's queues by name, as far as `select` wants them.
    pub fn of_account(&self, account: &str, select: impl Fn(&Queue) -> bool) -> Vec<Arc<Queue>> {
        let inner = self.read();
        let queues = inner.by_name.get(account).into_iter().flat_map(BTreeMap::values);
        queues.filter(|queue| select(queue)).cloned().collect()
    }

    pub fn all(&self) -> Vec<Arc<Queue>> {
        self.read().by_id.values().cloned().collect()
    }

    pub fn put(&self, queue: Arc<Queue>) {
        let mut inner = self.write();
        let definition = &queue.definition;
        let of_account = inner.by_name.entry(definition.account.clone()).or_default();
        let before = of_account.insert(definition.name.clone(), Arc::clone(&queue));
        if let Some(before) = before {
            inner.by_id.remove(&before.id());
        }
        inner.by_id.insert(queue.id(), queue);
    }

    pub fn remove(&self, queue: &Queue) {
        let mut inner = self.write();
        inner.by_id.remove(&queue.id());
        if let Some(of_account) = inner.by_name.get_mut(&queue.definition.account) {
            of_account.remove(&queue.definition.name);
        }
    }

    /// How the queue behaves, given what else there is: dead letters stay where they are while their target is
    /// missing.
    pub fn settings(&self, queue: &Queue, region: &str) -> Settings {
        let attributes = &queue.definition.attributes;
        let dead_letters = attributes.redrive.as_ref().and_then(|redrive| {
            let target = self.get(Name::of_arn(&redrive.dead_letter_target_arn, region)?)?;
            Some(DeadLetters { queue: target.id(), max_receives: redrive.max_receive_count })
        });
        Settings {
            fifo: attributes.fifo.map(|fifo| Fifo { deduplicate_by_group: fifo.deduplicates_by_group }),
            retention: Duration::from_secs(attributes.retention.into()),
            dead_letters,
            max_in_flight: IN_FLIGHT_AT_MOST,
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}
