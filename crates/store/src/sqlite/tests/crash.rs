//! What was acknowledged is there after `kill -9`.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::super::SqliteStore;
use crate::conformance::Ship;
use crate::{Error, Filter, StoreExt, TxExt};

/// Set in the child: where to write.
const CHILD: &str = "FREEHOLD_TEST_WRITER";
const NAME: &str = "sqlite::tests::crash::acknowledged_rows_survive_kill_9";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_rows_survive_kill_9() {
    if let Some(directory) = std::env::var_os(CHILD) {
        return write_for_ever(Path::new(&directory)).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 0..5 {
        acknowledged.extend(write_until_killed(directory.path(), 40 + 60 * round));
        let store = SqliteStore::open(directory.path(), "eu-test-1").unwrap();
        let pairs = store.list::<Ship>(&Filter::all()).unwrap();
        let ids: BTreeSet<_> = pairs.iter().map(|ship| ship.id.clone()).collect();
        let missing: Vec<_> = acknowledged.difference(&ids).collect();
        assert!(missing.is_empty(), "acknowledged and lost: {missing:?}");
        for id in &ids {
            let twin = format!("{}{}", &id[..id.len() - 1], if id.ends_with('a') { 'b' } else { 'a' });
            assert!(ids.contains(&twin), "{id} is there without its twin");
        }
    }
}

/// Starts this very test as a writer and kills it once it has acknowledged `count` rows; returns all that it did.
fn write_until_killed(directory: &Path, count: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((_, id)) = line.split_once("ACK ") else { continue };
        // A line that was cut short names no row.
        if let Some(id) = id.strip_suffix('.') {
            acknowledged.push(id.to_owned());
        }
        if acknowledged.len() == count {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= count, "the writer ended by itself");
    acknowledged
}

/// Eight writers, each writing pairs of rows and telling of each pair that was acknowledged.
async fn write_for_ever(directory: &Path) {
    let store = Arc::new(SqliteStore::open(directory, "eu-test-1").unwrap());
    let me = std::process::id();
    let writers = (0..8).map(|writer| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for number in 0.. {
                let pair = format!("{me}-{writer}-{number}-");
                let (a, b) = (Ship::new(&format!("{pair}a"), "1", None), Ship::new(&format!("{pair}b"), "1", None));
                let written = store.transact::<_, Error, _>(move |tx| {
                    tx.put(&a)?;
                    tx.put(&b)
                });
                written.await.unwrap();
                // The parent is gone when this fails.
                if writeln!(std::io::stdout().lock(), "ACK {pair}a.").is_err() {
                    std::process::exit(1);
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}
