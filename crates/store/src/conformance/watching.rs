//! Who is woken, and when.

use std::sync::Arc;

use super::{Refusal, Ship, row};
use crate::{Document, Error, Store, StoreExt, TxExt};

pub async fn a_commit_moves_the_counters_of_its_kinds_only(store: impl Store) {
    let (mut ships, mut rows) = (store.watch(Ship::KIND), store.watch("test.row"));
    store.transact::<_, Error, _>(|tx| tx.put(&Ship::new("a", "1", None))).await.unwrap();
    ships.changed().await.unwrap();
    assert!(!rows.has_changed().unwrap());
    store.transact::<_, Error, _>(|tx| tx.put_row(row("test.row", "a"))).await.unwrap();
    rows.changed().await.unwrap();
    assert!(!ships.has_changed().unwrap());
    store.transact::<_, Error, _>(|tx| tx.delete::<Ship>("a")).await.unwrap();
    ships.changed().await.unwrap();
    store.transact::<_, Error, _>(|tx| tx.delete::<Ship>("a")).await.unwrap();
    assert!(!ships.has_changed().unwrap());
}

pub async fn a_rollback_moves_no_counter(store: impl Store) {
    let ships = store.watch(Ship::KIND);
    let refused = store.transact::<(), Refusal, _>(|tx| {
        tx.put(&Ship::new("a", "1", None))?;
        Err(Refusal::No)
    });
    assert!(refused.await.is_err());
    assert!(!ships.has_changed().unwrap());
}

pub async fn what_a_watcher_wakes_for_is_there_to_read(store: impl Store) {
    let store = Arc::new(store);
    let mut ships = store.watch(Ship::KIND);
    let reader = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            ships.changed().await.unwrap();
            store.get::<Ship>("a").unwrap()
        }
    });
    store.transact::<_, Error, _>(|tx| tx.put(&Ship::new("a", "1", None))).await.unwrap();
    assert!(reader.await.unwrap().is_some());
}
