//! What only a store on disk can do. The rest is the conformance suite.

mod crash;
mod damage;
mod full;

use super::SqliteStore;
use crate::conformance::Ship;
use crate::{Error, Filter, StoreExt, TxExt};

crate::conformance::suite!(|| async {
    let directory = tempfile::tempdir().unwrap();
    (crate::SqliteStore::open(directory.path(), "eu-test-1").unwrap(), directory)
});

fn open(directory: &tempfile::TempDir) -> Result<SqliteStore, Error> {
    SqliteStore::open(directory.path(), "eu-test-1")
}

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).unwrap();
    let first = store.transact::<_, Error, _>(|tx| {
        tx.put(&Ship::new("a", "1", None))?;
        tx.put_row(crate::conformance::row("test.row", "a"))
    });
    let first = first.await.unwrap();
    store.transact::<_, Error, _>(|tx| tx.delete_row("test.row", "a")).await.unwrap();
    drop(store);
    let store = open(&directory).unwrap();
    assert_eq!(store.list::<Ship>(&Filter::all()).unwrap().len(), 1);
    let second = store.transact::<_, Error, _>(|tx| tx.put_row(crate::conformance::row("test.row", "a")));
    assert!(second.await.unwrap() > first, "a revision came again");
}

#[test]
fn a_second_store_on_the_same_directory_is_refused_and_told_by_whom() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).unwrap();
    let refused = open(&directory).unwrap_err();
    assert!(matches!(refused, Error::Locked(_)));
    assert!(refused.to_string().contains(&format!("process {}", std::process::id())), "{refused}");
    drop(store);
    open(&directory).unwrap();
}

#[test]
fn a_newer_schema_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(&directory).unwrap());
    let raw = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    assert!(matches!(open(&directory).unwrap_err(), Error::NewerSchema { found: 99, .. }));
}

#[test]
fn only_the_owner_may_read_the_state() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let _store = open(&directory).unwrap();
    for file in ["state.db", "state.db-wal", "state.db-shm", "lock"] {
        let mode = std::fs::metadata(directory.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
