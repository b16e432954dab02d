//! What the engine costs without a protocol around it: `cargo run --release -p freehold-queues --example bench_queues`.
//! Prints processor time per message of a send, and of a send with its receive and delete, at 32 callers.

#![allow(clippy::unwrap_used)] // A measurement ends where anything fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use freehold_core::SystemClock;
use freehold_queues::{Outgoing, Queues, Receive, Settings};
use freehold_store::messages::SqliteJournal;

const QUEUE: u64 = 1;
const CALLERS: usize = 32;
const EACH: usize = 4_000;

fn main() {
    let directory = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let directory = tempfile::tempdir_in(directory).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let journal = SqliteJournal::open(directory.path()).unwrap();
        let queues = Queues::open(journal, Arc::new(SystemClock)).unwrap();
        let retention = Duration::from_secs(345_600);
        queues.configure(QUEUE, Settings { fifo: None, retention, dead_letters: None, max_in_flight: 120_000 });
        measure("send", &queues, send).await;
        measure("receive and delete", &queues, take).await;
        measure("send, receive and delete", &queues, cycle).await;
    });
}

async fn measure<F: Future<Output = ()> + Send + 'static>(
    name: &str,
    queues: &Arc<Queues>,
    what: fn(Arc<Queues>) -> F,
) {
    let (started, used) = (Instant::now(), processor());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let queues = Arc::clone(queues);
            tokio::spawn(async move {
                for _ in 0..EACH {
                    what(Arc::clone(&queues)).await;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    let count = (CALLERS * EACH) as f64;
    let rate = count / started.elapsed().as_secs_f64();
    println!("{name}: {:.1} us of processor a message, {rate:.0} a second", (processor() - used) * 1e6 / count);
}

async fn send(queues: Arc<Queues>) {
    let message = Outgoing {
        queue: QUEUE,
        id: rand::random(),
        content: vec![b'x'; 1024].into(),
        delay: Duration::ZERO,
        group: None,
        deduplication: None,
    };
    queues.send(vec![message]).await.unwrap();
}

async fn take(queues: Arc<Queues>) {
    let how = Receive { max: 1, visibility: Duration::from_secs(30), wait: Duration::ZERO, attempt: None };
    let got = queues.receive(QUEUE, how).await.unwrap();
    let receipts = got.iter().map(|message| message.receipt).collect();
    queues.delete(QUEUE, receipts).await.unwrap();
}

async fn cycle(queues: Arc<Queues>) {
    send(Arc::clone(&queues)).await;
    take(queues).await;
}

/// Seconds of processor time that this process has used.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}
