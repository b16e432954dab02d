//! Documents that each request reads again, decoded once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::{Document, Error, SharedStore, StoreExt};

/// Documents that are kept at most; beyond that all are read again.
const MOST: usize = 1_000;

/// Reads documents of one kind, and keeps them until any of that kind is written. What was committed before a call is
/// seen by it, as with the store itself.
pub struct Kept<D> {
    store: SharedStore,
    changes: watch::Receiver<u64>,
    known: Mutex<Known<D>>,
}

struct Known<D> {
    /// How many changes there had been when they were read.
    changes: u64,
    documents: HashMap<String, Arc<D>>,
}

impl<D: Document> Kept<D> {
    pub fn new(store: &SharedStore) -> Self {
        let known = Known { changes: 0, documents: HashMap::new() };
        Self { store: Arc::clone(store), changes: store.watch(D::KIND), known: Mutex::new(known) }
    }

    /// The document with this id. The same one is given as long as nothing changes.
    ///
    /// # Errors
    /// Those of the store.
    pub fn get(&self, id: &str) -> Result<Option<Arc<D>>, Error> {
        // Asked before the document is read: what is committed in between is read by the next call.
        let changes = *self.changes.borrow();
        {
            let mut known = self.lock();
            if known.changes != changes {
                *known = Known { changes, documents: HashMap::new() };
            }
            if let Some(found) = known.documents.get(id) {
                return Ok(Some(Arc::clone(found)));
            }
        }
        let Some(found) = self.store.get::<D>(id)?.map(Arc::new) else { return Ok(None) };
        let mut known = self.lock();
        if known.changes == changes {
            if known.documents.len() >= MOST {
                known.documents.clear();
            }
            known.documents.insert(id.to_owned(), Arc::clone(&found));
        }
        Ok(Some(found))
    }

    fn lock(&self) -> MutexGuard<'_, Known<D>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{MemoryStore, TxExt};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Thing {
        id: String,
        value: u32,
    }

    impl Document for Thing {
        const KIND: &'static str = "test.thing";

        fn id(&self) -> &str {
            &self.id
        }

        fn account(&self) -> &str {
            "000000000000"
        }
    }

    #[tokio::test]
    async fn a_document_is_read_again_after_a_change_and_not_before() {
        let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
        let kept = Kept::<Thing>::new(&store);
        let put = |id: &str, value| {
            let thing = Thing { id: id.to_owned(), value };
            store.transact::<_, Error, _>(move |tx| tx.put(&thing))
        };
        assert_eq!(kept.get("a").unwrap(), None);
        put("a", 1).await.unwrap();
        let first = kept.get("a").unwrap().unwrap();
        assert_eq!(first.value, 1);
        assert!(Arc::ptr_eq(&first, &kept.get("a").unwrap().unwrap()));
        put("a", 2).await.unwrap();
        assert_eq!(kept.get("a").unwrap().unwrap().value, 2);
        for id in 0..MOST + 10 {
            put(&format!("{id}"), 3).await.unwrap();
        }
        for id in 0..MOST + 10 {
            assert_eq!(kept.get(&format!("{id}")).unwrap().unwrap().value, 3);
        }
        assert!(kept.lock().documents.len() <= MOST);
        store.transact::<_, Error, _>(|tx| tx.delete::<Thing>("a").map(drop)).await.unwrap();
        assert_eq!(kept.get("a").unwrap(), None);
    }
}
