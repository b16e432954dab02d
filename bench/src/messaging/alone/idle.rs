//! Ten thousand receivers that wait for a message that does not come: what they cost while they wait, and how soon
//! one of them has the message when it comes.

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::task::LocalSet;

use super::Fact;
use crate::messaging::drive::Meter;
use crate::messaging::payload::Payload;
use crate::messaging::peers::Running;

const RECEIVERS: usize = 10_000;
const QUEUES: usize = 10;

/// The longest that SQS lets a receive wait, in seconds.
const WAIT: u64 = 20;

/// How long the waiting is watched. With the time that it takes to begin to wait, less than `WAIT`.
const WATCHED: Duration = Duration::from_secs(10);

pub async fn idle(freehold: &Path, data: &Path) -> Result<Vec<Fact>> {
    allow_files(RECEIVERS as u64 + 500)?;
    let server = Running::freehold(freehold, data).await?;
    let api = server.api.clone();
    let mut link = api.link().await?;
    let mut queues = Vec::new();
    for index in 0..QUEUES {
        queues.push(link.call(&api.create_queue(&format!("idle-{index}"))).await?.field("QueueUrl")?);
    }
    let before = server.tree.resident_mib()?;
    let quiet = watch(&server).await?;

    let local = LocalSet::new();
    local
        .run_until(async {
            let started = Instant::now();
            let mut receivers = tokio::task::JoinSet::new();
            for index in 0..RECEIVERS {
                let (mut link, api) = (api.link().await?, Rc::clone(&api));
                let queue = queues[index % QUEUES].clone();
                receivers.spawn_local(async move {
                    let answer = link.call(&api.receive(&queue, 1, WAIT)).await?;
                    let answered = Instant::now();
                    let received = api.received(&answer)?;
                    let first = received.first().map(|message| Payload::read(&message.body)).transpose()?;
                    Ok::<_, anyhow::Error>((first, answered))
                });
                // Lets requests go out while connections are made.
                tokio::task::yield_now().await;
            }
            // The last requests are on their way.
            tokio::time::sleep(Duration::from_millis(500)).await;
            let began = started.elapsed();
            ensure!(began + WATCHED < Duration::from_secs(WAIT), "it took {began:?} until all waited");
            let waiting = watch(&server).await?;
            let resident = server.tree.resident_mib()? - before;
            ensure!(receivers.try_join_next().is_none(), "a receiver was answered before its time");

            let sent = Instant::now();
            let message = Payload { number: 1, sent: Duration::ZERO };
            ensure!(api.sent(&link.call(&api.send(&queues[0], &message.write())).await?)? == 1, "the send failed");
            let mut woken = None;
            let mut answered = 0;
            while let Some(receiver) = receivers.join_next().await {
                let (message, at) = receiver??;
                answered += 1;
                if message.is_some() {
                    ensure!(woken.replace(at - sent).is_none(), "one message was received twice");
                }
            }
            ensure!(answered == RECEIVERS, "{answered} of {RECEIVERS} receivers were answered");
            let Some(woken) = woken else { bail!("the message did not wake a receiver") };
            let added = (waiting - quiet).max(0.0) * 100.0;
            let what = |what: &str| format!("10,000 receivers wait: {what}");
            Ok(vec![
                Fact {
                    what: what("added CPU"),
                    result: format!("{added:.2} % of a core"),
                    goal: "< 1 %",
                    met: added < 1.0,
                },
                Fact {
                    what: what("added memory"),
                    result: format!("{resident:.0} MiB"),
                    goal: "< 200 MiB",
                    met: resident < 200.0,
                },
                Fact {
                    what: what("send to receipt by one"),
                    result: format!("{:.1} ms", woken.as_secs_f64() * 1000.0),
                    goal: "at once",
                    met: woken < Duration::from_millis(50),
                },
            ])
        })
        .await
}

/// Cores that the server uses over the time of a watch.
async fn watch(server: &Running) -> Result<f64> {
    let meter = Meter::start(&server.tree)?;
    tokio::time::sleep(WATCHED).await;
    let outcome = meter.stop()?;
    Ok(outcome.cpu.as_secs_f64() / outcome.took.as_secs_f64())
}

/// Each connection is a file on both sides; the server inherits the limit.
fn allow_files(count: u64) -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < count) {
        ensure!(limit.maximum.is_none_or(|maximum| maximum >= count), "the limit of open files is below {count}");
        limit.current = limit.maximum;
        setrlimit(Resource::Nofile, limit).context("the limit of open files")?;
    }
    Ok(())
}
