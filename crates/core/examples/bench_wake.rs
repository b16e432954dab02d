//! How long it takes from a commit's signal to the first line of a reconciler's step.
//!
//! `cargo run --release -p freehold-core --example bench_wake`

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use freehold_core::SystemClock;
use freehold_core::reconcile::{Failure, Next, Reconciler, Reconcilers};
use tokio::sync::{mpsc, watch};

/// One object that is wanted now and then.
struct Wanted {
    is_wanted: Arc<Mutex<bool>>,
    began: mpsc::UnboundedSender<Instant>,
}

#[async_trait]
impl Reconciler for Wanted {
    fn name(&self) -> &'static str {
        "bench.wanted"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(3600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let is_wanted = *self.is_wanted.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(if is_wanted { vec!["it".to_owned()] } else { Vec::new() })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        let now = Instant::now();
        *self.is_wanted.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.began.send(now)?;
        Ok(Next::Settled)
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let (is_wanted, (began, mut begins)) = (Arc::new(Mutex::new(false)), mpsc::unbounded_channel());
    let signal = watch::Sender::new(0_u64);
    let reconcilers = Reconcilers::new(Arc::new(SystemClock));
    reconcilers.spawn(Wanted { is_wanted: Arc::clone(&is_wanted), began }, vec![signal.subscribe()]);
    let mut waits = Vec::new();
    for _ in 0..2000 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        *is_wanted.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let asked = Instant::now();
        signal.send_modify(|count| *count += 1);
        let stepped = begins.recv().await.ok_or("the reconciler is gone")?;
        waits.push(stepped.duration_since(asked));
    }
    reconcilers.stop(Duration::from_secs(1)).await;
    waits.sort_unstable();
    println!("signal to step: p50 {:.1?}, p99 {:.1?}", waits[waits.len() / 2], waits[waits.len() * 99 / 100]);
    Ok(())
}
