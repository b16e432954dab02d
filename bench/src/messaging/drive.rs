//! Load in a closed loop: each worker has one connection and takes its next step when the last one is answered.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::task::LocalSet;

use crate::process::{Tree, busy};

/// How long steps are taken.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub connections: usize,
    /// Not counted: connections, caches and compiled code are made by the first steps.
    pub warm: Duration,
    pub time: Duration,
}

/// What one connection does again and again.
pub trait Worker: 'static {
    /// Returns how many messages the step was about.
    async fn step(&mut self) -> Result<u32>;
}

/// What a load came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub messages: u64,
    pub took: Duration,
    /// Of each step, in ascending order, in microseconds.
    pub steps: Vec<u32>,
    /// Processor time of the server.
    pub cpu: Duration,
    /// Resident memory of the server at the end, in MiB.
    pub resident: f64,
    /// Messages that were received again within their visibility timeout.
    pub twice: u64,
    /// Cores that were busy with neither the server nor the load.
    pub others: f64,
}

impl Outcome {
    pub fn per_second(&self) -> f64 {
        self.messages as f64 / self.took.as_secs_f64()
    }

    /// Microseconds of the server's processor time for each message.
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.messages.max(1) as f64
    }

    /// The step that `percent` of all steps were not slower than.
    pub fn percentile(&self, percent: usize) -> Duration {
        let at = (self.steps.len() * percent / 100).min(self.steps.len().saturating_sub(1));
        Duration::from_micros(self.steps.get(at).copied().unwrap_or_default().into())
    }
}

/// A stretch of time, with what the server and all others used in it.
pub struct Meter<'a> {
    server: &'a Tree,
    started: Instant,
    cpu: Duration,
    own: Duration,
    busy: Duration,
}

impl<'a> Meter<'a> {
    pub fn start(server: &'a Tree) -> Result<Self> {
        let own = Tree::of(std::process::id());
        let server_cpu = server.cpu()?;
        // The server is a child of this process.
        let own = own.cpu()?.saturating_sub(server_cpu);
        Ok(Self { server, started: Instant::now(), cpu: server_cpu, own, busy: busy()? })
    }

    /// The outcome without its steps.
    pub fn stop(&self) -> Result<Outcome> {
        let took = self.started.elapsed();
        let server = self.server.cpu()?;
        let cpu = server.saturating_sub(self.cpu);
        let own = Tree::of(std::process::id()).cpu()?.saturating_sub(server).saturating_sub(self.own);
        let others = busy()?.saturating_sub(self.busy).saturating_sub(cpu).saturating_sub(own);
        let others = others.as_secs_f64() / took.as_secs_f64();
        Ok(Outcome { took, cpu, others, resident: self.server.resident_mib()?, ..Outcome::default() })
    }
}

/// Lets `plan.connections` workers step until the time is over. The first failure of any is the outcome.
pub async fn drive<W: Worker>(server: &Tree, plan: Plan, workers: Vec<W>) -> Result<Outcome> {
    let started = Instant::now();
    let (from, until) = (started + plan.warm, started + plan.warm + plan.time);
    let local = LocalSet::new();
    let tasks: Vec<_> = workers.into_iter().map(|worker| local.spawn_local(work(worker, from, until))).collect();
    // Servers that stall are not waited for without end.
    let patience = plan.warm + plan.time + Duration::from_secs(30);
    let all = local.run_until(async {
        tokio::time::sleep_until(from.into()).await;
        let meter = Meter::start(server)?;
        tokio::time::sleep_until(until.into()).await;
        let mut outcome = meter.stop()?;
        for task in tasks {
            let (messages, steps) = task.await??;
            outcome.messages += messages;
            outcome.steps.extend(steps);
        }
        outcome.steps.sort_unstable();
        Ok(outcome)
    });
    tokio::time::timeout(patience, all).await.context("not all was answered within 30 s of the end")?
}

async fn work<W: Worker>(mut worker: W, from: Instant, until: Instant) -> Result<(u64, Vec<u32>)> {
    let (mut messages, mut steps) = (0, Vec::new());
    loop {
        let asked = Instant::now();
        if asked >= until {
            return Ok((messages, steps));
        }
        let about = worker.step().await?;
        let answered = Instant::now();
        if answered >= from && answered < until {
            messages += u64::from(about);
            steps.push((answered - asked).as_micros().try_into().unwrap_or(u32::MAX));
        }
    }
}
