//! All of a transaction or nothing of it, one after the other.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Refusal, Ship, row};
use crate::idempotency::{self, Request};
use crate::{Document, Error, Filter, SharedStore, Store, StoreExt, TxExt};

async fn put(store: &impl Store, ship: Ship) {
    store.transact::<_, Error, _>(move |tx| tx.put(&ship)).await.unwrap();
}

pub async fn what_was_written_is_read(store: impl Store) {
    let ship = Ship::new("a", "1", Some("hull"));
    put(&store, ship.clone()).await;
    assert_eq!(store.get::<Ship>("a").unwrap(), Some(ship.clone()));
    assert_eq!(store.get::<Ship>("b").unwrap(), None);
    let row = store.get_row(Ship::KIND, "a").unwrap().unwrap();
    assert_eq!((row.account.as_str(), row.region.as_str()), ("1", "eu-test-1"));
    assert_eq!(row.index, ship.index());
}

pub async fn a_transaction_sees_its_own_writes(store: impl Store) {
    let seen = store
        .transact::<_, Error, _>(|tx| {
            tx.put(&Ship::new("a", "1", None))?;
            tx.put(&Ship::new("b", "1", None))?;
            assert!(tx.delete::<Ship>("a")?);
            assert!(!tx.delete::<Ship>("a")?);
            Ok((tx.get::<Ship>("a")?, tx.list::<Ship>(&Filter::all())?.len()))
        })
        .await
        .unwrap();
    assert_eq!(seen, (None, 1));
}

pub async fn a_refusal_leaves_no_trace_and_is_returned(store: impl Store) {
    let refused = store
        .transact::<(), Refusal, _>(|tx| {
            tx.put(&Ship::new("a", "1", None))?;
            Err(Refusal::No)
        })
        .await;
    assert!(matches!(refused, Err(Refusal::No)));
    assert_eq!(store.list::<Ship>(&Filter::all()).unwrap(), []);
}

pub async fn a_panic_leaves_no_trace_and_harms_nobody_else(store: impl Store) {
    let panicking = store.transact::<(), Error, _>(|tx| {
        tx.put(&Ship::new("a", "1", None))?;
        panic!("on purpose");
    });
    let working = store.transact::<_, Error, _>(|tx| tx.put(&Ship::new("b", "1", None)));
    let (panicked, worked) = tokio::join!(panicking, working);
    assert!(matches!(panicked, Err(Error::Panicked)));
    worked.unwrap();
    let ids: Vec<_> = store.list::<Ship>(&Filter::all()).unwrap().into_iter().map(|ship| ship.id).collect();
    assert_eq!(ids, ["b"]);
}

pub async fn a_rollback_restores_what_was_overwritten_and_deleted(store: impl Store) {
    let (a, b) = (Ship::new("a", "1", Some("hull")), Ship::new("b", "2", None));
    put(&store, a.clone()).await;
    put(&store, b.clone()).await;
    let _ = store
        .transact::<(), Refusal, _>(|tx| {
            tx.put(&Ship { cargo: 7, ..Ship::new("a", "9", None) })?;
            tx.delete::<Ship>("a")?;
            tx.delete::<Ship>("b")?;
            tx.put(&Ship::new("b", "9", None))?;
            Err(Refusal::No)
        })
        .await;
    assert_eq!(store.list::<Ship>(&Filter::all()).unwrap(), [a.clone(), b]);
    assert_eq!(store.list::<Ship>(&Filter::index(1, "hull")).unwrap(), [a]);
}

pub async fn concurrent_transactions_run_one_after_the_other(store: impl Store) {
    let store: SharedStore = Arc::new(store);
    put_shared(&store, Ship::new("a", "1", None)).await;
    let writers: Vec<_> = (0..20)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for _ in 0..25 {
                    let added = store.transact::<_, Refusal, _>(|tx| {
                        let mut ship = tx.get::<Ship>("a")?.ok_or(Refusal::No)?;
                        ship.cargo += 1;
                        tx.put(&ship)?;
                        Ok(())
                    });
                    added.await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(store.get::<Ship>("a").unwrap().unwrap().cargo, 500);
}

async fn put_shared(store: &SharedStore, ship: Ship) {
    store.transact::<_, Error, _>(move |tx| tx.put(&ship)).await.unwrap();
}

pub async fn revisions_grow_with_every_write(store: impl Store) {
    let write = |id: &'static str| store.transact::<_, Error, _>(move |tx| tx.put_row(row("test.row", id)));
    let first = write("a").await.unwrap();
    let second = write("b").await.unwrap();
    store.transact::<_, Error, _>(|tx| tx.delete_row("test.row", "b")).await.unwrap();
    let third = write("b").await.unwrap();
    assert!(0 < first && first < second && second < third);
    assert_eq!(store.get_row("test.row", "b").unwrap().unwrap().revision, third);
}

pub async fn a_row_read_earlier_is_written_only_if_unchanged(store: impl Store) {
    let write = |row| store.transact::<_, Error, _>(move |tx| tx.put_unchanged(row));
    write(row("test.row", "a")).await.unwrap();
    assert!(matches!(write(row("test.row", "a")).await, Err(Error::Conflict { .. })));
    let read = store.get_row("test.row", "a").unwrap().unwrap();
    write(read.clone()).await.unwrap();
    assert!(matches!(write(read).await, Err(Error::Conflict { .. })));
}

pub async fn a_client_token_is_remembered_with_its_answer(store: impl Store) {
    fn request(token: &'static str, fingerprint: &'static str) -> Request<'static> {
        Request { account: "1", operation: "test.Launch", token, fingerprint }
    }
    let used = Timestamp::UNIX_EPOCH;
    let outcome = store
        .transact::<_, idempotency::Refused, _>(move |tx| {
            let before = idempotency::recall::<String>(tx, &request("t", "x"))?;
            idempotency::remember(tx, &request("t", "x"), &"i-1", used)?;
            Ok(before)
        })
        .await;
    assert_eq!(outcome.unwrap(), None);
    let recall = |token, fingerprint| {
        store.transact::<_, idempotency::Refused, _>(move |tx| {
            idempotency::recall::<String>(tx, &request(token, fingerprint))
        })
    };
    assert_eq!(recall("t", "x").await.unwrap().as_deref(), Some("i-1"));
    assert_eq!(recall("u", "x").await.unwrap(), None);
    assert!(matches!(recall("t", "y").await, Err(idempotency::Refused::Mismatch)));
    let forget = |before| store.transact::<_, Error, _>(move |tx| idempotency::forget(tx, before));
    assert_eq!(forget(used).await.unwrap(), 0);
    assert_eq!(forget(Timestamp::from_second(1).unwrap()).await.unwrap(), 1);
    assert_eq!(recall("t", "y").await.unwrap(), None);
}

pub async fn documents_that_cannot_be_read_are_reported(store: impl Store) {
    store.transact::<_, Error, _>(|tx| tx.put_row(row(Ship::KIND, "wreck"))).await.unwrap();
    let expected =
        |error: Error| matches!(error, Error::Corrupt { kind, id, .. } if kind == Ship::KIND && id == "wreck");
    assert!(expected(store.get::<Ship>("wreck").unwrap_err()));
    assert!(expected(store.list::<Ship>(&Filter::all()).unwrap_err()));
    let inside = store.transact::<_, Error, _>(|tx| tx.get::<Ship>("wreck"));
    assert!(expected(inside.await.unwrap_err()));
}

pub async fn shared_handles_have_typed_access(store: impl Store) {
    let shared: Arc<dyn Store> = Arc::new(store);
    let borrowed: &dyn Store = shared.as_ref();
    borrowed.transact::<_, Error, _>(|tx| tx.put(&Ship::new("a", "1", None))).await.unwrap();
    assert_eq!(shared.list::<Ship>(&Filter::account("1")).unwrap().len(), 1);
}
