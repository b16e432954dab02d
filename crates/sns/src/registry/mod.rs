//! Topics and subscriptions in memory, with their policies read: publishing reads nothing else. The store has the truth;
//! what an operation has committed it tells the registry to read again.

mod counts;
mod live;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use freehold_store::{Filter, SharedStore, StoreExt};

use crate::model::{Subscription, Topic};

pub(crate) use counts::Counts;
pub(crate) use live::{LiveSubscription, LiveTopic};

/// All topics of the region.
pub(crate) struct Registry {
    store: SharedStore,
    known: RwLock<Known>,
    /// Held while something is read again, so that what was read first is not written last.
    reading: Mutex<()>,
}

#[derive(Default)]
struct Known {
    topics: HashMap<String, Arc<LiveTopic>>,
    subscriptions: HashMap<String, Arc<LiveSubscription>>,
}

impl Registry {
    /// Everything that the store has.
    pub fn load(store: SharedStore) -> Result<Self, freehold_store::Error> {
        let mut known = Known::default();
        let mut by_topic: HashMap<String, Vec<Arc<LiveSubscription>>> = HashMap::new();
        for subscription in store.list::<Subscription>(&Filter::all())? {
            let live = Arc::new(LiveSubscription::new(subscription, None));
            known.subscriptions.insert(live.subscription.arn.clone(), Arc::clone(&live));
            by_topic.entry(live.subscription.topic.clone()).or_default().push(live);
        }
        for topic in store.list::<Topic>(&Filter::all())? {
            let subscriptions = by_topic.remove(&topic.arn).unwrap_or_default();
            known.topics.insert(topic.arn.clone(), Arc::new(LiveTopic::new(topic, subscriptions, None)));
        }
        Ok(Self { store, known: RwLock::new(known), reading: Mutex::new(()) })
    }

    pub fn topic(&self, arn: &str) -> Option<Arc<LiveTopic>> {
        self.read().topics.get(arn).cloned()
    }

    pub fn subscription(&self, arn: &str) -> Option<Arc<LiveSubscription>> {
        self.read().subscriptions.get(arn).cloned()
    }

    /// Every subscription that has a queue of ours.
    pub fn with_queues(&self) -> Vec<Arc<LiveSubscription>> {
        self.read().subscriptions.values().filter(|live| live.subscription.queue.is_some()).cloned().collect()
    }

    pub fn topics(&self) -> Vec<Arc<LiveTopic>> {
        self.read().topics.values().cloned().collect()
    }

    /// Reads the topic again: it was made, changed or deleted.
    pub fn refresh_topic(&self, arn: &str) -> Result<(), freehold_store::Error> {
        let _reading = self.begin();
        let stored = self.store.get::<Topic>(arn)?;
        let mut known = self.write();
        let old = known.topics.get(arn).cloned();
        let same =
            old.as_deref().filter(|old| stored.as_ref().is_some_and(|new| new.generation == old.topic.generation));
        if same.is_none() {
            for live in old.iter().flat_map(|old| &old.subscriptions) {
                known.subscriptions.remove(&live.subscription.arn);
            }
        }
        match stored {
            None => drop(known.topics.remove(arn)),
            Some(topic) => {
                let subscriptions = same.map(|same| same.subscriptions.clone()).unwrap_or_default();
                let live = LiveTopic::new(topic, subscriptions, same.and_then(|same| same.fifo.clone()));
                known.topics.insert(arn.to_owned(), Arc::new(live));
            }
        }
        Ok(())
    }

    /// Reads the subscription again: it was made, changed or ended.
    pub fn refresh_subscription(&self, arn: &str) -> Result<(), freehold_store::Error> {
        let _reading = self.begin();
        let stored = self.store.get::<Subscription>(arn)?;
        let mut known = self.write();
        let Some(topic) = Subscription::topic_of(arn).and_then(|topic| known.topics.get(topic)).cloned() else {
            return Ok(());
        };
        let counts = known.subscriptions.get(arn).map(|old| Arc::clone(&old.counts));
        let mut topic = LiveTopic::clone(&topic);
        topic.subscriptions.retain(|live| live.subscription.arn != arn);
        match stored {
            None => drop(known.subscriptions.remove(arn)),
            Some(subscription) => {
                let live = Arc::new(LiveSubscription::new(subscription, counts));
                known.subscriptions.insert(arn.to_owned(), Arc::clone(&live));
                topic.subscriptions.push(live);
            }
        }
        known.topics.insert(topic.topic.arn.clone(), Arc::new(topic));
        Ok(())
    }

    fn begin(&self) -> MutexGuard<'_, ()> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}
