//! Access keys in memory: each request needs one. Keys never change and end only by their time, so that what was
//! read once holds.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use freehold_store::StoreExt;
use freehold_wire::server::Credentials;

use crate::Iam;
use crate::development::root;
use crate::model::{AccessKey, Grant};
use crate::policy::{Kind, Policy};

/// Keys kept before the ring starts anew.
const CAPACITY: usize = 8192;

/// A key, ready for use.
#[derive(Debug)]
pub(crate) struct Key {
    pub credentials: Arc<Credentials>,
    /// Issued by STS.
    pub is_temporary: bool,
    pub session_policy: Option<Policy>,
}

#[derive(Default)]
pub(crate) struct KeyRing {
    keys: RwLock<HashMap<String, Arc<Key>>>,
}

impl KeyRing {
    fn get(&self, id: &str) -> Option<Arc<Key>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn put(&self, id: &str, key: &Arc<Key>) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= CAPACITY {
            keys.clear();
        }
        keys.insert(id.to_owned(), Arc::clone(key));
    }
}

impl Iam {
    /// The key with this id. A state that cannot be read is said in the log, and lets nobody in.
    pub(crate) fn key(&self, id: &str) -> Option<Arc<Key>> {
        if let Some(key) = self.keys.get(id) {
            return Some(key);
        }
        let key = match self.development.credentials(id) {
            Some(credentials) => Key { credentials: Arc::new(credentials), is_temporary: false, session_policy: None },
            None => self
                .store
                .get::<AccessKey>(id)
                .inspect_err(|error| tracing::error!(%error, "an access key cannot be read"))
                .ok()??
                .try_into()
                .inspect_err(|error| tracing::error!(%error, id, "a session's policy cannot be read"))
                .ok()?,
        };
        let key = Arc::new(key);
        self.keys.put(id, &key);
        Some(key)
    }
}

impl TryFrom<AccessKey> for Key {
    type Error = crate::policy::Malformed;

    fn try_from(key: AccessKey) -> Result<Self, Self::Error> {
        Ok(match key.grant {
            Grant::Root => Self {
                credentials: Arc::new(Credentials {
                    principal: root(&key.account, &key.id),
                    secret_access_key: key.secret,
                    session_token: None,
                    expires: None,
                }),
                is_temporary: false,
                session_policy: None,
            },
            Grant::Temporary { session_token, expires, principal, session_policy } => Self {
                credentials: Arc::new(Credentials {
                    principal: *principal,
                    secret_access_key: key.secret,
                    session_token: Some(session_token),
                    expires: Some(expires),
                }),
                is_temporary: true,
                session_policy: session_policy.map(|text| Policy::parse(&text, Kind::Identity)).transpose()?,
            },
        })
    }
}
