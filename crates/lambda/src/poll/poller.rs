//! The poller of a mapping.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use freehold_store::StoreExt;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::batch::taken;
use super::gather::{Batch, Source};
use super::scale::{ANOTHER, Scale};
use crate::Lambda;
use crate::errors::Error;
use crate::invoke::lineage::Lineage;
use crate::invoke::{Invocation, Resolved};
use crate::model::Mapping;
use crate::names::FunctionName;

/// Batches under way unless the mapping says less (*Developer guide: up to 1,000 concurrent batches*).
const AT_ONCE: usize = 1000;
/// After the queue could not be read, and between tries where the function is throttled.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a throttled batch is tried again before it is left to the queue.
const TRIED_FOR: Duration = Duration::from_secs(10);

/// Reads until the mapping is off. What is under way then is finished.
pub(super) async fn run(lambda: Arc<Lambda>, id: String) {
    let mut batches = JoinSet::new();
    let mut scale = Scale::new(Instant::now());
    while let Some(mapping) = current(&lambda, &id) {
        while batches.try_join_next().is_some() {}
        let most = mapping.maximum_concurrency.map_or(AT_ONCE, |most| most as usize);
        if !scale.allows(batches.len(), most, Instant::now()) {
            // Until one has ended, or another may begin.
            let _ = tokio::time::timeout(ANOTHER, batches.join_next()).await;
            continue;
        }
        match gather(&lambda, &mapping).await {
            Ok(batch) if batch.messages.is_empty() => scale = Scale::new(Instant::now()),
            Ok(batch) => drop(batches.spawn(hand_over(Arc::clone(&lambda), mapping, batch))),
            Err(error) => {
                tracing::warn!(source = mapping.source, error, "an event source cannot be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    while batches.join_next().await.is_some() {}
    lambda.pollers.end(&id);
}

/// The mapping as it is now, if it is on.
fn current(lambda: &Lambda, id: &str) -> Option<Mapping> {
    let found = lambda.store.get::<Mapping>(id).unwrap_or_else(|error| {
        tracing::error!(%error, id, "an event source mapping cannot be read");
        None
    });
    found.filter(|mapping| mapping.state.is_on())
}

async fn gather(lambda: &Lambda, mapping: &Mapping) -> Result<Batch, String> {
    let source = Source::new(lambda, mapping).map_err(|error| error.to_string())?;
    source.gather().await.map_err(|error| error.to_string())
}

async fn hand_over(lambda: Arc<Lambda>, mapping: Mapping, batch: Batch) {
    let count = batch.messages.len();
    match try_to(&lambda, &mapping, batch).await {
        Ok(0) => {}
        Ok(left) => tracing::debug!(mapping = mapping.id, count, left, "messages are left to their queue"),
        Err(error) => tracing::warn!(mapping = mapping.id, count, %error, "messages are left to their queue"),
    }
}

/// Runs the function; tells how many messages were not taken.
async fn try_to(lambda: &Lambda, mapping: &Mapping, mut batch: Batch) -> Result<usize, Error> {
    let name = FunctionName::parse(&mapping.target, &lambda.region, &mapping.account)
        .ok_or_else(|| Error::no_function(&mapping.target))?;
    let count = batch.messages.len();
    let lineage = leave_loops(lambda, &lambda.resolve(&name)?, &mut batch);
    if batch.messages.is_empty() {
        return Ok(count);
    }
    let trace_id = Some(lineage.header());
    let payload = Bytes::from(json!({"Records": batch.records}).to_string());
    let end = Instant::now() + TRIED_FOR;
    let ran = loop {
        let resolved = lambda.resolve(&name)?;
        let invocation = Invocation { trace_id: trace_id.clone(), ..Invocation::new(payload.clone()) };
        match lambda.run(&resolved, invocation).await {
            Ok(ran) => break ran,
            Err(Error::TooManyRequests { .. } | Error::NotReady(_)) if Instant::now() < end => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    };
    let taken = taken(batch.messages, &ran, mapping.reports_failures);
    Source::new(lambda, mapping)?.delete(&taken).await;
    Ok(count - taken.len())
}

/// Takes messages out of a batch that have been through the function too often: nobody deletes them, so that their queue
/// shows them again until it moves them to its dead letters. What the others are a consequence of.
fn leave_loops(lambda: &Lambda, resolved: &Resolved, batch: &mut Batch) -> Lineage {
    let mut joined = Lineage::default();
    let all = std::mem::take(&mut batch.messages).into_iter().zip(std::mem::take(&mut batch.records));
    for (message, record) in all {
        let trace = message.attributes.as_ref().and_then(|attributes| attributes.get("AWSTraceHeader"));
        let lineage = Lineage::read(trace.map(String::as_str));
        if !lambda.is_loop(resolved, &lineage) {
            joined = joined.joined(lineage);
            batch.messages.push(message);
            batch.records.push(record);
        }
    }
    joined
}
