//! What functions wrote, on its way from the node to CloudWatch Logs. The node keeps each line until it is told that the
//! line is stored, so that a crash stores some twice and loses none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use freehold_api::logs::{CreateLogGroupRequest, CreateLogStreamRequest, InputLogEvent, PutLogEventsRequest, op};
use freehold_core::{Clock, Principal, SystemClock};
use freehold_functions::contract::{LogBatch, LogLine};
use freehold_store::{Document, Filter, StoreExt};
use freehold_wire::Error as WireError;
use tokio::task::JoinSet;

use crate::Lambda;
use crate::model::Function;
use crate::node::NodeError;

/// Events of one call, and bytes of them with what each costs besides (*API reference, PutLogEvents*).
const MOST_EVENTS: usize = 10_000;
const MOST_BYTES: usize = 1_000_000;
const EVENT_COST: usize = 26;
/// After a failure.
const PAUSE: Duration = Duration::from_secs(1);
/// After a batch of few lines: what comes in the meantime is brought over and stored together, which costs less.
const GATHER: Duration = Duration::from_millis(100);
const FEW: usize = 1_000;

/// Where lines go: account, group, stream.
type Place = (String, String, String);

/// Brings lines over as long as the region lives.
pub(crate) async fn run(lambda: Arc<Lambda>) {
    let mut functions = lambda.store.watch(Function::KIND);
    let mut stored = 0;
    loop {
        // Without functions nobody starts a node to ask it.
        if lambda.has_no_functions() {
            if functions.changed().await.is_err() {
                return;
            }
            continue;
        }
        let LogBatch { last, lines } = match lambda.node.logs(stored).await {
            Ok(batch) => batch,
            // A region without machines.
            Err(NodeError::Refused(_)) => return,
            Err(error) => {
                tracing::debug!(%error, "what functions wrote cannot be fetched yet");
                // A node that starts again counts on, and one that lost its spool has nothing to be told.
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let are_few = lines.len() < FEW;
        if let Err(error) = lambda.store_lines(lines).await {
            tracing::warn!(%error, "what functions wrote cannot be stored yet");
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        stored = last;
        if are_few {
            tokio::time::sleep(GATHER).await;
        }
    }
}

impl Lambda {
    fn has_no_functions(&self) -> bool {
        let found = self.store.list::<Function>(&Filter::all().page(None, 1));
        found.is_ok_and(|found| found.is_empty())
    }

    async fn store_lines(self: &Arc<Self>, lines: Vec<LogLine>) -> Result<(), WireError> {
        // The node knows the host's clock, callers the region's.
        let ahead = self.now().as_millisecond() - SystemClock.now().as_millisecond();
        let counted = self.meter(&lines, ahead).await;
        counted.map_err(|error| WireError::receiver("ServiceUnavailableException", error.to_string()))?;
        let mut places: BTreeMap<Place, Vec<InputLogEvent>> = BTreeMap::new();
        for line in lines.into_iter().filter(|line| !line.message.is_empty()) {
            let event = InputLogEvent { timestamp: Some(line.timestamp_ms + ahead), message: Some(line.message) };
            places.entry((line.account, line.group, line.stream)).or_default().push(event);
        }
        // Together: what is put at the same time is on disk with one commit.
        let mut puts = JoinSet::new();
        for (place, events) in places {
            let lambda = Arc::clone(self);
            puts.spawn(async move { lambda.store_at(&place, events).await });
        }
        puts.join_all().await.into_iter().collect()
    }

    async fn store_at(&self, place: &Place, mut events: Vec<InputLogEvent>) -> Result<(), WireError> {
        events.sort_by_key(|event| event.timestamp);
        for some in batches(events) {
            self.store_events(place, some).await?;
        }
        Ok(())
    }

    async fn store_events(&self, place: &Place, events: Vec<InputLogEvent>) -> Result<(), WireError> {
        let (account, group, stream) = place;
        let actor = || Principal::service_linked(account, "Lambda");
        let input = PutLogEventsRequest {
            log_group_name: Some(group.clone()),
            log_stream_name: Some(stream.clone()),
            log_events: Some(events),
            ..PutLogEventsRequest::default()
        };
        let put = match self.local.call::<op::PutLogEvents>(actor(), input.clone()).await {
            Err(error) if error.code == "ResourceNotFoundException" => {
                self.make_place(place).await?;
                self.local.call::<op::PutLogEvents>(actor(), input).await
            }
            put => put,
        };
        match put {
            // What it does not take it never will.
            Err(error) if error.status < 500 => {
                tracing::warn!(group, stream, %error, "what a function wrote is not taken");
                Ok(())
            }
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    async fn make_place(&self, (account, group, stream): &Place) -> Result<(), WireError> {
        let actor = || Principal::service_linked(account, "Lambda");
        let input = CreateLogGroupRequest { log_group_name: Some(group.clone()), ..CreateLogGroupRequest::default() };
        let made = self.local.call::<op::CreateLogGroup>(actor(), input).await.map(drop);
        made.or_else(already_there)?;
        let input =
            CreateLogStreamRequest { log_group_name: Some(group.clone()), log_stream_name: Some(stream.clone()) };
        let made = self.local.call::<op::CreateLogStream>(actor(), input).await.map(drop);
        made.or_else(already_there)
    }
}

fn already_there(error: WireError) -> Result<(), WireError> {
    if error.code == "ResourceAlreadyExistsException" { Ok(()) } else { Err(error) }
}

/// As many as a call takes.
fn batches(events: Vec<InputLogEvent>) -> Vec<Vec<InputLogEvent>> {
    let mut batches: Vec<Vec<InputLogEvent>> = Vec::new();
    let mut bytes = 0;
    for event in events {
        let cost = event.message.as_ref().map_or(0, String::len) + EVENT_COST;
        match batches.last_mut() {
            Some(last) if last.len() < MOST_EVENTS && bytes + cost <= MOST_BYTES => {
                bytes += cost;
                last.push(event);
            }
            _ => {
                bytes = cost;
                batches.push(vec![event]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_so_many_bytes() {
        let event = |size: usize| InputLogEvent { timestamp: Some(0), message: Some("x".repeat(size)) };
        let sizes = |events: Vec<InputLogEvent>| batches(events).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![event(10); 3]), [3]);
        assert_eq!(sizes(vec![event(400_000); 3]), [2, 1]);
        assert_eq!(sizes(vec![event(1); 10_001]), [10_000, 1]);
        assert!(sizes(Vec::new()).is_empty());
    }
}
