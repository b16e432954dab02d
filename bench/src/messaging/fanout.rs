//! Publishes to a topic that ten queues are subscribed to, while ten receivers empty the queues. Counted are the
//! deliveries, up to the last one; a step is the way of a message from before its publish to its receipt.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::task::LocalSet;

use super::api::Api;
use super::drive::{Meter, Outcome, Plan};
use super::http::Link;
use super::load::{BATCH, Common};
use super::payload::Payload;
use crate::process::Tree;

pub const QUEUES: usize = 10;

/// How long deliveries may come after the last publish.
const PATIENCE: Duration = Duration::from_secs(20);

/// What publishers and receivers know of each other.
struct Progress {
    until: Instant,
    /// Messages that were published and acknowledged; `None` while some publisher is at work.
    published: Cell<Option<u64>>,
    last_delivery: Cell<Instant>,
    steps: RefCell<Vec<u32>>,
    twice: Cell<u64>,
}

/// A fan-out's figures.
pub struct FanOut {
    pub outcome: Outcome,
    /// Deliveries that were promised by an acknowledged publish and did not come.
    pub missing: u64,
}

pub async fn fan_out(api: &Rc<Api>, server: &Tree, plan: Plan, name: &str) -> Result<FanOut> {
    let mut link = api.link().await?;
    let topic = link.call(&api.create_topic(name)).await?.field("TopicArn")?;
    let mut queues = Vec::new();
    for index in 0..QUEUES {
        let queue = link.call(&api.create_queue(&format!("{name}-{index}"))).await?.field("QueueUrl")?;
        let arn = link.call(&api.queue_arn(&queue)).await?.field("QueueArn")?;
        // Peers without policies of queues refuse to store one; they deliver without.
        let _ = link.call(&api.allow_topic(&queue, &arn, &topic)).await;
        link.call(&api.subscribe(&topic, &arn)).await?.text().context("Subscribe")?;
        queues.push(queue);
    }
    let outcome = run(api, server, plan, &topic, &queues).await;
    for queue in &queues {
        let _ = link.call(&api.delete_queue(queue)).await;
    }
    let _ = link.call(&api.delete_topic(&topic)).await;
    outcome
}

async fn run(api: &Rc<Api>, server: &Tree, plan: Plan, topic: &str, queues: &[String]) -> Result<FanOut> {
    let common = Common::new(api, topic);
    let until = common.started + plan.time;
    let last_delivery = Cell::new(common.started);
    let (steps, twice) = (RefCell::default(), Cell::default());
    let progress = Rc::new(Progress { until, published: Cell::new(None), last_delivery, steps, twice });
    let local = LocalSet::new();
    let meter = Meter::start(server)?;
    let mut receivers = Vec::new();
    for queue in queues {
        let (link, queue) = (api.link().await?, queue.clone());
        receivers.push(local.spawn_local(receive(common.clone(), progress.clone(), link, queue)));
    }
    let mut publishers = Vec::new();
    for _ in 0..plan.connections {
        let link = api.link().await?;
        publishers.push(local.spawn_local(publish(common.clone(), progress.clone(), link)));
    }
    let all = local.run_until(async {
        let mut published = 0;
        for publisher in publishers {
            published += publisher.await??;
        }
        progress.published.set(Some(published));
        let mut delivered = 0;
        for receiver in receivers {
            delivered += receiver.await??;
        }
        Ok::<_, anyhow::Error>((published, delivered))
    });
    let (published, delivered) =
        tokio::time::timeout(plan.time + PATIENCE * 2, all).await.context("the fan-out does not end")??;
    let mut outcome = meter.stop()?;
    outcome.took = progress.last_delivery.get() - common.started;
    outcome.messages = delivered;
    outcome.steps = progress.steps.take();
    outcome.twice = progress.twice.get();
    outcome.steps.sort_unstable();
    if delivered == 0 {
        bail!("of {published} publishes none was delivered");
    }
    Ok(FanOut { outcome, missing: (published * queues.len() as u64).saturating_sub(delivered) })
}

async fn publish(common: Rc<Common>, progress: Rc<Progress>, mut link: Link) -> Result<u64> {
    let mut published = 0;
    while Instant::now() < progress.until {
        let answer = link.call(&common.api.publish(&common.target, &common.message().write())).await?;
        answer.field("MessageId").context("a publish")?;
        published += 1;
    }
    Ok(published)
}

/// Receives until as many different messages came as were published.
async fn receive(common: Rc<Common>, progress: Rc<Progress>, mut link: Link, queue: String) -> Result<u64> {
    let api = &common.api;
    let request_every = Duration::from_secs(10);
    let mut seen: Vec<bool> = Vec::new();
    let mut delivered = 0;
    while progress.published.get() != Some(delivered) && progress.until.elapsed() < PATIENCE {
        let answer = tokio::time::timeout(request_every, link.call(&api.receive(&queue, BATCH, 1))).await;
        let answer = answer.context("a long poll of a second took ten")??;
        let now = Instant::now();
        let mut receipts = Vec::new();
        for message in api.received(&answer)? {
            let payload = Payload::read(&message.body)?;
            let number = payload.number as usize;
            if seen.len() <= number {
                seen.resize(number + 1, false);
            }
            receipts.push(message.receipt.into_owned());
            if std::mem::replace(&mut seen[number], true) {
                progress.twice.set(progress.twice.get() + 1);
                continue;
            }
            delivered += 1;
            let took = (now - common.started).saturating_sub(payload.sent);
            progress.steps.borrow_mut().push(took.as_micros().try_into().unwrap_or(u32::MAX));
        }
        if !receipts.is_empty() {
            progress.last_delivery.set(now);
            link.call(&api.delete_batch(&queue, &receipts)).await?.text()?;
        }
    }
    Ok(delivered)
}
