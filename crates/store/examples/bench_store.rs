//! Durable inserts a second beside what the disk itself does in the same run, and what an open store costs.
//!
//! `cargo run --release -p freehold-store --example bench_store [-- DIRECTORY]`

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use freehold_store::{Document, Error, Filter, SqliteStore, StoreExt, TxExt};
use serde::{Deserialize, Serialize};

/// How long each line of the table is measured.
const SPAN: Duration = Duration::from_secs(2);

#[derive(Clone, Serialize, Deserialize)]
struct Message {
    id: String,
    /// About 1 KiB.
    body: String,
}

impl Document for Message {
    const KIND: &'static str = "bench.message";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        "000000000000"
    }
}

type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Anyhow<()> {
    let parent = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let directory = tempfile::tempdir_in(parent)?;
    let (before, began) = (resident_kib()?, Instant::now());
    let store = Arc::new(SqliteStore::open(&directory.path().join("state"), "us-east-1")?);
    let (cold, opened) = (began.elapsed(), resident_kib()?);
    println!("1 KiB documents, durable when answered; the raw line appends as many at a time and calls fdatasync\n");
    println!("{:>8} {:>14} {:>14} {:>9} {:>12} {:>12}", "writers", "inserts/s", "raw/s", "of raw", "p50", "p99");
    for writers in [1, 32, 256] {
        let (rate, mut waits) = insert(&store, writers).await?;
        let raw = append(directory.path(), writers)?;
        waits.sort_unstable();
        let part = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
        let share = 100.0 * rate / raw;
        println!("{writers:>8} {rate:>14.0} {raw:>14.0} {share:>8.0}% {:>12.1?} {:>12.1?}", part(50), part(99));
    }
    println!();
    for time in ["first", "second"] {
        let began = Instant::now();
        let page = store.list::<Message>(&Filter::account("000000000000").page(None, 1000))?;
        println!("{time} list of {} documents: {:.1?}", page.len(), began.elapsed());
    }
    println!("resident: {before} KiB before, {opened} KiB open, {} KiB now", resident_kib()?);
    let file = directory.path().join("state/state.db");
    drop(store);
    let mut opens = Vec::new();
    for _ in 0..7 {
        let began = Instant::now();
        let store = SqliteStore::open(&directory.path().join("state"), "us-east-1")?;
        opens.push(began.elapsed());
        drop(store);
    }
    opens.sort_unstable();
    println!("open: {cold:.1?} new, {:.1?} again with {} MiB", opens[opens.len() / 2], file.metadata()?.len() >> 20);
    Ok(())
}

/// Inserts for a while; returns the rate and how long each insert took.
async fn insert(store: &Arc<SqliteStore>, writers: usize) -> Anyhow<(f64, Vec<Duration>)> {
    let began = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let mut waits = Vec::new();
                while began.elapsed() < SPAN {
                    let number = waits.len();
                    let message = Message { id: format!("{writers}-{writer}-{number}"), body: "m".repeat(1000) };
                    let asked = Instant::now();
                    store.transact::<_, Error, _>(move |tx| tx.put(&message)).await?;
                    waits.push(asked.elapsed());
                }
                Ok::<_, Error>(waits)
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    Ok((waits.len() as f64 / began.elapsed().as_secs_f64(), waits))
}

/// Records appended a second, `group` at a time with one `fdatasync`.
fn append(directory: &Path, group: usize) -> Anyhow<f64> {
    let path = directory.join("raw");
    let mut file: File = OpenOptions::new().create(true).append(true).open(&path)?;
    let record = vec![b'm'; 1024 * group];
    let (began, mut groups) = (Instant::now(), 0);
    while began.elapsed() < SPAN {
        file.write_all(&record)?;
        file.sync_data()?;
        groups += 1;
    }
    let rate = (groups * group) as f64 / began.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

fn resident_kib() -> Anyhow<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
