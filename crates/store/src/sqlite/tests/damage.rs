//! Damaged files: a clear error, and never a fresh start on top of what could be repaired.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::open;
use crate::conformance::Ship;
use crate::{Error, Filter, StoreExt, TxExt};

/// A closed store of several hundred kilobytes, and its file.
async fn written() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).unwrap();
    let write = |tx: &mut dyn crate::Tx| {
        (0..600).try_for_each(|number| tx.put(&Ship::new(&format!("ship-{number:05}"), "111122223333", Some("hull"))))
    };
    store.transact::<_, Error, _>(write).await.unwrap();
    drop(store);
    let path = directory.path().join("state.db");
    (directory, path)
}

fn is_damaged(error: &Error) -> bool {
    matches!(error, Error::Damaged { .. })
}

/// Opens, reads everything, writes one row.
async fn use_all(directory: &tempfile::TempDir) -> Result<usize, Error> {
    let store = open(directory)?;
    let ships = store.list::<Ship>(&Filter::all())?;
    store.list::<Ship>(&Filter::index(1, "hull"))?;
    store.transact::<_, Error, _>(|tx| tx.put(&Ship::new("zz", "1", Some("hull")))).await?;
    Ok(ships.len())
}

#[tokio::test]
async fn garbage_is_told_apart_at_open() {
    let (directory, path) = written().await;
    std::fs::write(&path, vec![b'x'; 100_000]).unwrap();
    let error = open(&directory).unwrap_err();
    assert!(is_damaged(&error), "{error}");
    assert!(error.to_string().contains("freehold reset"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), vec![b'x'; 100_000], "the file was touched");
}

#[tokio::test]
async fn an_emptied_file_is_not_taken_for_a_new_one() {
    let (directory, path) = written().await;
    std::fs::write(&path, b"").unwrap();
    assert!(is_damaged(&open(&directory).unwrap_err()));
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let (directory, path) = written().await;
    std::fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE row (x)").unwrap();
    drop(other);
    assert!(is_damaged(&open(&directory).unwrap_err()));
}

#[tokio::test]
async fn a_truncated_file_is_told_apart() {
    for part in [1, 50, 99] {
        let (directory, path) = written().await;
        let length = std::fs::metadata(&path).unwrap().len();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(length * part / 100).unwrap();
        let error = use_all(&directory).await.unwrap_err();
        assert!(is_damaged(&error), "cut to {part} %: {error}");
    }
}

#[tokio::test]
async fn an_overwritten_page_is_told_apart_when_it_is_read() {
    let (directory, path) = written().await;
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in 2..pages {
        file.write_all_at(&[0xa5; 4096], page * 4096).unwrap();
    }
    let error = use_all(&directory).await.unwrap_err();
    assert!(is_damaged(&error), "{error}");
}

/// Wherever a few bytes are changed: an answer, right or an error, and no panic and no endless loop.
#[tokio::test]
async fn flipped_bytes_never_bring_the_process_down() {
    let (directory, path) = written().await;
    let whole = std::fs::read(&path).unwrap();
    let step = whole.len() / 60;
    for position in (0..whole.len()).step_by(step).chain((0..100).step_by(3)) {
        let mut bytes = whole.clone();
        bytes[position..].iter_mut().take(3).for_each(|byte| *byte ^= 0xff);
        for leftover in ["state.db-wal", "state.db-shm"] {
            let _ = std::fs::remove_file(directory.path().join(leftover));
        }
        std::fs::write(&path, bytes).unwrap();
        match use_all(&directory).await {
            Ok(_) => {}
            Err(error) => {
                let known = matches!(
                    error,
                    Error::Damaged { .. } | Error::Corrupt { .. } | Error::NewerSchema { .. } | Error::Engine(_)
                );
                assert!(known, "at {position}: {error:?}");
            }
        }
    }
}
