//! StartLiveTail: events of some groups as they come, an update a second (*API reference, StartLiveTail*).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use freehold_api::logs::{
    LiveTailSessionLogEvent, LiveTailSessionMetadata, LiveTailSessionStart, LiveTailSessionUpdate,
    StartLiveTailRequest, StartLiveTailResponse,
};
use freehold_core::ids;
use freehold_wire::Call;
use freehold_wire::protocol::{Event as StreamEvent, Events, events};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, MissedTickBehavior};

use super::check_readable;
use crate::Logs;
use crate::errors::Error;
use crate::model::Group;
use crate::pattern::Pattern;
use crate::tails::Came;

const PERIOD: Duration = Duration::from_secs(1);
/// Events of an update; of more a sample is taken.
const EVENTS: usize = 500;
/// Updates that wait for a slow client before the oldest are dropped.
const UPDATES: usize = 10;
/// A session ends by itself after this.
const LONGEST: Duration = Duration::from_secs(3 * 3600);

pub(super) async fn start_live_tail(
    state: Arc<Logs>,
    call: Call,
    input: StartLiveTailRequest,
) -> Result<(StartLiveTailResponse, Events), freehold_wire::Error> {
    let session = Session::read(&state, &call, &input)?;
    let (sender, stream) = events(UPDATES);
    let start = LiveTailSessionStart {
        request_id: Some(call.request_id),
        session_id: Some(ids::uuid()),
        log_group_identifiers: input.log_group_identifiers,
        log_stream_names: input.log_stream_names,
        log_stream_name_prefixes: input.log_stream_name_prefixes,
        log_event_filter_pattern: input.log_event_filter_pattern,
    };
    // There is room for both. What a protocol without headers for it answers first is an event itself.
    let _ = sender.try_send(StreamEvent::structure("initial-response", &StartLiveTailResponse::default()));
    let _ = sender.try_send(StreamEvent::structure("sessionStart", &start));
    tokio::spawn(session.run(state.tails.listen(), sender));
    Ok((StartLiveTailResponse::default(), stream))
}

/// What is wanted.
struct Session {
    /// Numbers of groups, and how each was named.
    groups: Vec<(i64, String)>,
    names: Option<Vec<String>>,
    prefixes: Option<Vec<String>>,
    pattern: Pattern,
}

impl Session {
    fn read(state: &Logs, call: &Call, input: &StartLiveTailRequest) -> Result<Self, Error> {
        let identifiers = input.log_group_identifiers.clone().unwrap_or_default();
        let (names, prefixes) = (&input.log_stream_names, &input.log_stream_name_prefixes);
        if names.is_some() && prefixes.is_some() {
            return Err(Error::InvalidParameter(
                "logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.".into(),
            ));
        }
        if (names.is_some() || prefixes.is_some()) && identifiers.len() > 1 {
            return Err(Error::InvalidParameter(
                "logStreamNames and logStreamNamePrefixes are for one log group alone.".into(),
            ));
        }
        let mut groups = Vec::new();
        for identifier in identifiers {
            if !identifier.starts_with("arn:") || identifier.ends_with('*') {
                return Err(Error::InvalidParameter(format!("{identifier} is not the ARN of a log group.")));
            }
            let group: Group = state.group_by(call, None, Some(&identifier))?;
            check_readable(&group)?;
            groups.push((group.number, identifier));
        }
        let pattern = Pattern::parse(input.log_event_filter_pattern.as_deref().unwrap_or_default())?;
        Ok(Self { groups, names: names.clone(), prefixes: prefixes.clone(), pattern })
    }

    /// Until the client has gone, or the session is too old.
    async fn run(self, mut came: broadcast::Receiver<Arc<Came>>, sender: mpsc::Sender<StreamEvent>) {
        let end = Instant::now() + LONGEST;
        let mut seconds = tokio::time::interval(PERIOD);
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut sample, mut waiting) = (Sample::default(), VecDeque::new());
        loop {
            tokio::select! {
                () = sender.closed() => return,
                () = tokio::time::sleep_until(end) => {
                    let timeout = freehold_wire::Error::sender(
                        "SessionTimeoutException",
                        "This session has been closed because it has been open for three hours.",
                    );
                    let _ = sender.send(StreamEvent::exception(&timeout)).await;
                    return;
                }
                received = came.recv() => match received {
                    Ok(batch) => self.take(&batch, &mut sample),
                    // More came than could be looked at.
                    Err(RecvError::Lagged(_)) => sample.is_sampled = true,
                    Err(RecvError::Closed) => return,
                },
                _ = seconds.tick() => {
                    waiting.push_back(std::mem::take(&mut sample).update());
                    if waiting.len() > UPDATES {
                        waiting.pop_front();
                    }
                    while let Ok(room) = sender.try_reserve() {
                        let Some(update) = waiting.pop_front() else { break };
                        room.send(StreamEvent::structure("sessionUpdate", &update));
                    }
                }
            }
        }
    }

    fn take(&self, batch: &Came, sample: &mut Sample) {
        let Some((_, identifier)) = self.groups.iter().find(|(number, _)| *number == batch.group) else { return };
        let is_named = self.names.as_ref().is_none_or(|names| names.contains(&batch.stream));
        let starts = |prefix: &String| batch.stream.starts_with(prefix);
        if !is_named || !self.prefixes.as_ref().is_none_or(|prefixes| prefixes.iter().any(starts)) {
            return;
        }
        for event in batch.events.iter().filter(|event| self.pattern.matches(&event.message)) {
            sample.add(|| LiveTailSessionLogEvent {
                log_stream_name: Some(batch.stream.clone()),
                log_group_identifier: Some(identifier.clone()),
                message: Some(event.message.clone()),
                timestamp: Some(event.place.at),
                ingestion_time: Some(batch.ingested),
            });
        }
    }
}

/// What came within a second.
#[derive(Default)]
struct Sample {
    events: Vec<LiveTailSessionLogEvent>,
    seen: usize,
    is_sampled: bool,
}

impl Sample {
    /// Each event has the same chance to be among those that are told.
    fn add(&mut self, event: impl FnOnce() -> LiveTailSessionLogEvent) {
        self.seen += 1;
        if self.events.len() < EVENTS {
            self.events.push(event());
            return;
        }
        self.is_sampled = true;
        let place = rand::random_range(0..self.seen);
        if let Some(other) = self.events.get_mut(place) {
            *other = event();
        }
    }

    fn update(mut self) -> LiveTailSessionUpdate {
        self.events.sort_by_key(|event| event.timestamp);
        LiveTailSessionUpdate {
            session_metadata: Some(LiveTailSessionMetadata { sampled: Some(self.is_sampled) }),
            session_results: Some(self.events),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_events_a_sample_is_told() {
        let event = |number: usize| LiveTailSessionLogEvent {
            timestamp: i64::try_from(number).ok(),
            ..LiveTailSessionLogEvent::default()
        };
        let mut sample = Sample::default();
        (0..EVENTS).for_each(|number| sample.add(|| event(number)));
        assert!(!sample.is_sampled);
        (EVENTS..EVENTS * 4).for_each(|number| sample.add(|| event(number)));
        let update = sample.update();
        assert_eq!(update.session_metadata.unwrap().sampled, Some(true));
        let times: Vec<i64> = update.session_results.unwrap().iter().filter_map(|event| event.timestamp).collect();
        assert_eq!(times.len(), EVENTS);
        assert!(times.is_sorted() && times[EVENTS - 1] >= EVENTS as i64);
    }
}
