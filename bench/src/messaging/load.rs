//! The loads on queues: send, send in batches of ten, and the full cycle of a message. Every answer is checked.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use super::api::Api;
use super::drive::{Outcome, Plan, Worker, drive};
use super::http::Link;
use super::payload::Payload;
use crate::process::Tree;

/// What all workers of a load have in common.
pub struct Common {
    pub api: Rc<Api>,
    /// The queue's URL or the topic's ARN.
    pub target: String,
    pub started: Instant,
    next: Cell<u64>,
}

impl Common {
    pub fn new(api: &Rc<Api>, target: &str) -> Rc<Self> {
        Rc::new(Self { api: api.clone(), target: target.to_owned(), started: Instant::now(), next: Cell::new(0) })
    }

    /// A message unlike all others of this load.
    pub fn message(&self) -> Payload {
        let number = self.next.get();
        self.next.set(number + 1);
        Payload { number, sent: self.started.elapsed() }
    }
}

struct Send {
    common: Rc<Common>,
    link: Link,
}

impl Worker for Send {
    async fn step(&mut self) -> Result<u32> {
        let Common { api, target, .. } = &*self.common;
        let answer = self.link.call(&api.send(target, &self.common.message().write())).await?;
        ensure!(api.sent(&answer)? == 1, "a send was answered without a MessageId");
        Ok(1)
    }
}

/// Entries of a batch, which is the most that SQS takes.
pub const BATCH: usize = 10;

pub struct SendBatch {
    pub common: Rc<Common>,
    pub link: Link,
}

impl Worker for SendBatch {
    async fn step(&mut self) -> Result<u32> {
        let Common { api, target, .. } = &*self.common;
        let messages: Vec<String> = (0..BATCH).map(|_| self.common.message().write()).collect();
        let answer = self.link.call(&api.send_batch(target, &messages)).await?;
        let sent = api.sent(&answer)?;
        ensure!(sent == BATCH, "a batch of {BATCH} was answered with {sent} ids");
        Ok(BATCH as u32)
    }
}

/// Sends a message, receives one (its own or another's), deletes that.
pub struct Cycle {
    pub common: Rc<Common>,
    pub link: Link,
    /// Numbers of the messages that were received.
    pub seen: Rc<RefCell<HashSet<u64>>>,
    pub twice: Rc<Cell<u64>>,
}

impl Worker for Cycle {
    async fn step(&mut self) -> Result<u32> {
        let Common { api, target, .. } = &*self.common;
        let answer = self.link.call(&api.send(target, &self.common.message().write())).await?;
        ensure!(api.sent(&answer)? == 1, "a send was answered without a MessageId");
        let receive = api.receive(target, 1, 0);
        // Another worker may hold the last message for the moment; there are as many messages as workers.
        for _ in 0..1000 {
            let answer = self.link.call(&receive).await?;
            let received = api.received(&answer)?;
            let Some(message) = received.first() else { continue };
            let number = Payload::read(&message.body)?.number;
            let first_time = self.seen.borrow_mut().insert(number);
            let answer = self.link.call(&api.delete(target, &message.receipt)).await?;
            answer.text()?;
            if first_time {
                return Ok(1);
            }
            self.twice.set(self.twice.get() + 1);
        }
        bail!("a thousand receives brought no message")
    }
}

/// A queue for one load, deleted after it.
pub async fn with_queue<T>(api: &Api, name: &str, load: impl AsyncFnOnce(&str) -> Result<T>) -> Result<T> {
    let mut link = api.link().await?;
    let queue = link.call(&api.create_queue(name)).await?.field("QueueUrl")?;
    let outcome = load(&queue).await;
    // A server that failed may be gone altogether; why it failed says more than that it cannot delete.
    let _ = link.call(&api.delete_queue(&queue)).await;
    outcome
}

pub async fn send(api: &Rc<Api>, server: &Tree, plan: Plan, name: &str) -> Result<Outcome> {
    with_queue(api, name, async |queue| {
        let common = Common::new(api, queue);
        let mut workers = Vec::new();
        for _ in 0..plan.connections {
            workers.push(Send { common: common.clone(), link: api.link().await? });
        }
        drive(server, plan, workers).await
    })
    .await
}

pub async fn send_batch(api: &Rc<Api>, server: &Tree, plan: Plan, name: &str) -> Result<Outcome> {
    with_queue(api, name, async |queue| {
        let common = Common::new(api, queue);
        let mut workers = Vec::new();
        for _ in 0..plan.connections {
            workers.push(SendBatch { common: common.clone(), link: api.link().await? });
        }
        drive(server, plan, workers).await
    })
    .await
}

pub async fn cycle(api: &Rc<Api>, server: &Tree, plan: Plan, name: &str) -> Result<Outcome> {
    with_queue(api, name, async |queue| {
        let common = Common::new(api, queue);
        let (seen, twice) = (Rc::default(), Rc::<Cell<u64>>::default());
        let mut workers = Vec::new();
        for _ in 0..plan.connections {
            let (common, seen, twice) = (common.clone(), Rc::clone(&seen), twice.clone());
            workers.push(Cycle { common, link: api.link().await?, seen, twice });
        }
        let outcome = drive(server, plan, workers).await?;
        Ok(Outcome { twice: twice.get(), ..outcome })
    })
    .await
}

/// Whether a server answers about queues.
pub async fn answers(api: &Api) -> Result<()> {
    api.link().await?.call(&api.list_queues()).await?.text().map(drop)
}
