//! Visitors: one request after another at a steady rate, each on a connection of its own, all through the balancer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::MissedTickBehavior;

/// A visitor who waits longer than this goes away.
const PATIENCE: Duration = Duration::from_secs(5);

/// What visitors saw.
#[derive(Default)]
struct Seen {
    answered: Arc<AtomicU64>,
    failed: AtomicU64,
    /// How many each server answered.
    by_server: Mutex<BTreeMap<String, u64>>,
    /// What the first one saw who was not answered.
    complaint: Mutex<Option<String>>,
}

/// Goes on until it is dropped.
pub struct Traffic {
    seen: Arc<Seen>,
    /// Requests a second.
    rate: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Traffic {
    pub fn start(balancer: SocketAddr, name: &str, rate: u64) -> Self {
        let (seen, rate) = (Arc::<Seen>::default(), Arc::new(AtomicU64::new(rate)));
        let task = tokio::spawn(visit(balancer, name.to_owned(), Arc::clone(&seen), Arc::clone(&rate)));
        Self { seen, rate, task }
    }

    pub fn rate(&self) -> u64 {
        self.rate.load(Ordering::Relaxed)
    }

    pub fn set_rate(&self, rate: u64) {
        self.rate.store(rate, Ordering::Relaxed);
    }

    pub fn answered(&self) -> u64 {
        self.seen.answered.load(Ordering::Relaxed)
    }

    /// How many have been answered, as it goes on.
    pub fn watch(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.seen.answered)
    }

    pub fn failed(&self) -> u64 {
        self.seen.failed.load(Ordering::Relaxed)
    }

    /// How many servers have answered somebody.
    pub fn servers(&self) -> usize {
        self.seen.by_server.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub fn complaint(&self) -> Option<String> {
        self.seen.complaint.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// In a few words.
    pub fn line(&self) -> String {
        format!("{} requests a second: {} answered, {} not", self.rate(), self.answered(), self.failed())
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn visit(balancer: SocketAddr, name: String, seen: Arc<Seen>, rate: Arc<AtomicU64>) {
    let name: Arc<str> = name.into();
    loop {
        let now = rate.load(Ordering::Relaxed).max(1);
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(now).unwrap_or(u32::MAX));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick comes at once.
        ticks.tick().await;
        while rate.load(Ordering::Relaxed).max(1) == now {
            ticks.tick().await;
            let (seen, name) = (Arc::clone(&seen), Arc::clone(&name));
            tokio::spawn(async move { note(&seen, page(balancer, &name).await) });
        }
    }
}

fn note(seen: &Seen, outcome: Result<String>) {
    match outcome {
        Ok(server) => {
            seen.answered.fetch_add(1, Ordering::Relaxed);
            *seen.by_server.lock().unwrap_or_else(PoisonError::into_inner).entry(server).or_default() += 1;
        }
        Err(error) => {
            seen.failed.fetch_add(1, Ordering::Relaxed);
            let mut complaint = seen.complaint.lock().unwrap_or_else(PoisonError::into_inner);
            complaint.get_or_insert_with(|| format!("{error:#}"));
        }
    }
}

/// What the page says.
pub async fn page(balancer: SocketAddr, name: &str) -> Result<String> {
    let exchange = async {
        let mut stream = TcpStream::connect(balancer).await?;
        stream.write_all(format!("GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        anyhow::Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let Ok(answer) = tokio::time::timeout(PATIENCE, exchange).await else {
        bail!("no answer within {} s", PATIENCE.as_secs());
    };
    let answer = answer?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200") => Ok(body.trim().to_owned()),
        _ => bail!("answered {}", answer.lines().next().unwrap_or("nothing")),
    }
}
