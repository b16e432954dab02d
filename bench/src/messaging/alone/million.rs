//! A queue that holds a million messages: filling it, receiving from it beside receiving from queues of a thousand,
//! what is resident, and how soon a region that was killed with it answers again.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::LocalSet;

use super::Fact;
use crate::messaging::api::Api;
use crate::messaging::drive::Worker;
use crate::messaging::http::Link;
use crate::messaging::load::{BATCH, Common, SendBatch};
use crate::messaging::payload::Payload;
use crate::messaging::peers::Running;

const MESSAGES: usize = 1_000_000;
const SMALL: usize = 1000;
/// Of each small queue nine tenths are received, so that none is empty at its end.
const SMALL_QUEUES: usize = 30;
const RECEIVED: usize = SMALL_QUEUES * SMALL / 10 * 9;
const CONNECTIONS: usize = 32;

/// How long filling may take.
const PATIENCE: Duration = Duration::from_secs(240);

pub async fn million(freehold: &Path, data: &Path) -> Result<Vec<Fact>> {
    let server = Running::freehold(freehold, data).await?;
    let api = server.api.clone();
    let mut link = api.link().await?;
    let mut small = Vec::new();
    for index in 0..SMALL_QUEUES {
        let queue = link.call(&api.create_queue(&format!("small-{index}"))).await?.field("QueueUrl")?;
        fill(&api, &queue, SMALL).await?;
        small.push(queue);
    }
    let large = link.call(&api.create_queue("large")).await?.field("QueueUrl")?;
    let started = Instant::now();
    tokio::time::timeout(PATIENCE, fill(&api, &large, MESSAGES)).await.context("filling takes too long")??;
    let filled = MESSAGES as f64 / started.elapsed().as_secs_f64();
    // Whatever was put off while filling is done by then.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let resident = server.tree.resident_mib()?;

    let from_small = receives(&api, &small).await?;
    let from_large = receives(&api, std::slice::from_ref(&large)).await?;
    let ratio = from_large / from_small;
    let resident = resident.max(server.tree.resident_mib()?);
    server.kill()?;

    let server = Running::freehold(freehold, data).await?;
    let restarted = server.first_answer;
    let mut link = server.api.link().await?;
    let asked = Instant::now();
    let answer = link.call(&server.api.receive(&large, 1, 0)).await?;
    let first = restarted + asked.elapsed();
    let received = server.api.received(&answer)?;
    ensure!(received.len() == 1, "nothing was received after the restart");
    Payload::read(&received[0].body)?;
    let resident_again = server.tree.resident_mib()?;

    let fact = |what: &str, result: String, goal: &'static str, met: bool| Fact {
        what: format!("1,000,000 messages: {what}"),
        result,
        goal,
        met,
    };
    Ok(vec![
        fact("filled in batches", format!("{filled:.0} messages/s"), "", true),
        fact(
            "receive, 32 connections",
            format!("{from_large:.0}/s, {ratio:.2} of {from_small:.0}/s with a thousand"),
            ">= 0.80 of it",
            ratio >= 0.8,
        ),
        fact("resident, most", format!("{resident:.0} MiB"), "< 300 MiB", resident < 300.0),
        fact(
            "killed, start to a message received",
            format!("{:.0} ms", first.as_secs_f64() * 1000.0),
            "< 2 s",
            first < Duration::from_secs(2),
        ),
        fact("resident after that", format!("{resident_again:.0} MiB"), "< 300 MiB", resident_again < 300.0),
    ])
}

/// Sends that many messages in batches on several connections.
async fn fill(api: &Rc<Api>, queue: &str, messages: usize) -> Result<()> {
    let common = Common::new(api, queue);
    let left = Rc::new(Cell::new(messages / BATCH));
    let local = LocalSet::new();
    let mut fillers = Vec::new();
    for _ in 0..CONNECTIONS.min(messages / BATCH) {
        let mut worker = SendBatch { common: common.clone(), link: api.link().await? };
        let left = left.clone();
        fillers.push(local.spawn_local(async move {
            while left.get() > 0 {
                left.set(left.get() - 1);
                worker.step().await?;
            }
            Ok::<_, anyhow::Error>(())
        }));
    }
    local
        .run_until(async {
            for filler in fillers {
                filler.await??;
            }
            Ok(())
        })
        .await
}

/// Receives `RECEIVED` messages one by one, evenly from the queues, and returns the rate.
async fn receives(api: &Rc<Api>, queues: &[String]) -> Result<f64> {
    let local = LocalSet::new();
    let mut links = Vec::new();
    for _ in 0..CONNECTIONS {
        links.push(api.link().await?);
    }
    let started = Instant::now();
    let requests: Rc<Vec<String>> = Rc::new(queues.to_vec());
    let next = Rc::new(Cell::new(0));
    let receivers: Vec<_> = links
        .into_iter()
        .map(|link| local.spawn_local(receive(api.clone(), link, requests.clone(), next.clone())))
        .collect();
    local
        .run_until(async {
            for receiver in receivers {
                receiver.await??;
            }
            Ok(RECEIVED as f64 / started.elapsed().as_secs_f64())
        })
        .await
}

async fn receive(api: Rc<Api>, mut link: Link, queues: Rc<Vec<String>>, next: Rc<Cell<usize>>) -> Result<()> {
    while next.get() < RECEIVED {
        let queue = &queues[next.get() * queues.len() / RECEIVED];
        next.set(next.get() + 1);
        let answer = link.call(&api.receive(queue, 1, 0)).await?;
        let received = api.received(&answer)?;
        ensure!(received.len() == 1, "a receive from a queue with messages brought {}", received.len());
        Payload::read(&received[0].body)?;
    }
    Ok(())
}
