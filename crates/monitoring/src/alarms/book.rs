//! All alarms in memory, as the store has them: what is listed and evaluated all the time is read here.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use freehold_store::{Filter, SharedStore, StoreExt};

use crate::model::{Alarm, StateValue};

/// Account and name.
type Key = (String, String);

pub(crate) struct Book {
    store: SharedStore,
    alarms: RwLock<BTreeMap<Key, Arc<Alarm>>>,
}

impl Book {
    /// Reads what the store has.
    pub fn open(store: SharedStore) -> Result<Self, freehold_store::Error> {
        let alarms = store.list::<Alarm>(&Filter::all())?;
        let alarms = alarms.into_iter().map(|alarm| (key(&alarm), Arc::new(alarm))).collect();
        Ok(Self { store, alarms: RwLock::new(alarms) })
    }

    /// Reads one anew, after it was written.
    pub fn refresh(&self, arn: &str) -> Result<(), freehold_store::Error> {
        // The store is read under the lock, so that of two refreshments the later one has the last word.
        let mut alarms = self.alarms.write().unwrap_or_else(PoisonError::into_inner);
        match self.store.get::<Alarm>(arn)? {
            Some(alarm) => drop(alarms.insert(key(&alarm), Arc::new(alarm))),
            None => alarms.retain(|_, alarm| alarm.arn != arn),
        }
        Ok(())
    }

    pub fn get(&self, account: &str, name: &str) -> Option<Arc<Alarm>> {
        self.read(|alarms| alarms.get(&(account.to_owned(), name.to_owned())).cloned())
    }

    /// By its name, or by an ARN that ends with it.
    pub fn find(&self, account: &str, name_or_arn: &str) -> Option<Arc<Alarm>> {
        self.get(account, name_of(name_or_arn)).filter(|alarm| !is_arn(name_or_arn) || alarm.arn == name_or_arn)
    }

    pub fn by_arn(&self, arn: &str) -> Option<Arc<Alarm>> {
        let account = arn.split(':').nth(4)?;
        self.find(account, arn)
    }

    /// Those of an account, by name.
    pub fn of(&self, account: &str) -> Vec<Arc<Alarm>> {
        let first = (account.to_owned(), String::new());
        self.read(|alarms| {
            let own = alarms.range(first..).take_while(|((owner, _), _)| owner == account);
            own.map(|(_, alarm)| Arc::clone(alarm)).collect()
        })
    }

    /// Those of everybody for which `wanted` is so.
    pub fn all(&self, wanted: impl Fn(&Alarm) -> bool) -> Vec<Arc<Alarm>> {
        self.read(|alarms| alarms.values().filter(|alarm| wanted(alarm)).cloned().collect())
    }

    /// The state of an alarm that a rule names; of one that is gone nothing is known.
    pub fn state(&self, account: &str, name_or_arn: &str) -> StateValue {
        self.find(account, name_or_arn).map_or(StateValue::InsufficientData, |alarm| alarm.state.value)
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<Key, Arc<Alarm>>) -> T) -> T {
        look(&self.alarms.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn key(alarm: &Alarm) -> Key {
    (alarm.account.clone(), alarm.name.clone())
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// The name in `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME`, which may have colons.
fn name_of(name_or_arn: &str) -> &str {
    match name_or_arn.splitn(7, ':').nth(6) {
        Some(name) if is_arn(name_or_arn) => name,
        _ => name_or_arn,
    }
}
