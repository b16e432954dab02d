//! What filters select, and in which order.

use super::{Ship, row};
use crate::{Document, Error, Filter, Store, StoreExt, TxExt};

async fn fleet(store: &impl Store) {
    let ships = [
        Ship::new("d", "1", Some("hull")),
        Ship::new("b", "2", Some("hull")),
        Ship::new("a", "1", Some("bergen")),
        Ship::new("c", "1", None),
    ];
    let written = store.transact::<_, Error, _>(move |tx| ships.iter().try_for_each(|ship| tx.put(ship)));
    written.await.unwrap();
}

/// The ids that the filter selects, the same inside and outside of a transaction.
async fn select(store: &impl Store, filter: Filter) -> Vec<String> {
    let ids = |ships: Vec<Ship>| ships.into_iter().map(|ship| ship.id).collect::<Vec<_>>();
    let outside = ids(store.list(&filter).unwrap());
    let inside = ids(store.transact::<_, Error, _>(move |tx| tx.list::<Ship>(&filter)).await.unwrap());
    assert_eq!(inside, outside);
    outside
}

pub async fn rows_come_in_the_bytewise_order_of_their_ids(store: impl Store) {
    let ids = ["b", "B", "é", "a-", "a", "10", "9", "a0"];
    let write = move |tx: &mut dyn crate::Tx| ids.iter().try_for_each(|id| tx.put(&Ship::new(id, "1", None)));
    store.transact::<_, Error, _>(write).await.unwrap();
    assert_eq!(select(&store, Filter::all()).await, ["10", "9", "B", "a", "a-", "a0", "b", "é"]);
}

pub async fn filters_select_by_account_and_index(store: impl Store) {
    fleet(&store).await;
    assert_eq!(select(&store, Filter::all()).await, ["a", "b", "c", "d"]);
    assert_eq!(select(&store, Filter::account("1")).await, ["a", "c", "d"]);
    assert_eq!(select(&store, Filter::index(1, "hull")).await, ["b", "d"]);
    assert_eq!(select(&store, Filter::index(1, "hull").and_account("1")).await, ["d"]);
    assert!(select(&store, Filter::index(0, "hull")).await.is_empty());
    assert!(select(&store, Filter::account("3")).await.is_empty());
}

pub async fn filters_select_by_ids(store: impl Store) {
    fleet(&store).await;
    assert_eq!(select(&store, Filter::ids(["d", "a", "x", "a"])).await, ["a", "d"]);
    assert_eq!(select(&store, Filter::ids(["d", "b"]).and_account("2")).await, ["b"]);
    assert!(select(&store, Filter::ids::<String>([])).await.is_empty());
}

pub async fn pages_cover_every_row_once(store: impl Store) {
    fleet(&store).await;
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = select(&store, Filter::account("1").page(after.take(), 2)).await;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        seen.extend(page);
    }
    assert_eq!(seen, ["a", "c", "d"]);
    assert!(select(&store, Filter::all().page(None, 0)).await.is_empty());
}

pub async fn looking_at_rows_ends_with_the_first_error(store: impl Store) {
    fleet(&store).await;
    let mut seen = Vec::new();
    let outcome = store.look_at_rows(Ship::KIND, &Filter::all(), &mut |id, _| {
        seen.push(id.to_owned());
        if id == "b" { Err(Error::Closed) } else { Ok(()) }
    });
    assert!(matches!(outcome, Err(Error::Closed)));
    assert_eq!(seen, ["a", "b"]);
}

pub async fn kinds_do_not_mix(store: impl Store) {
    fleet(&store).await;
    store.transact::<_, Error, _>(|tx| tx.put_row(row("test.row", "a"))).await.unwrap();
    assert_eq!(store.list_rows("test.row", &Filter::all()).unwrap().len(), 1);
    assert!(store.transact::<_, Error, _>(|tx| tx.delete_row("test.row", "a")).await.unwrap());
    assert_eq!(select(&store, Filter::ids(["a"])).await, ["a"]);
}
