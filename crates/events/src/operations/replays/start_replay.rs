//! StartReplay: events of an archive are put on its bus again, by a reconciler.

use std::sync::Arc;

use freehold_api::events::{StartReplayRequest, StartReplayResponse};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::{Archive, Replay, ReplayState, Rule, place, replay_arn};

/// *EventBridge quotas: concurrent replays*.
const MOST: usize = 10;

pub(in crate::operations) async fn start_replay(
    events: Arc<Events>,
    call: Call,
    input: StartReplayRequest,
) -> Result<StartReplayResponse, freehold_wire::Error> {
    let destination = input.destination.unwrap_or_default();
    let bus = destination.arn.unwrap_or_default();
    if !bus.contains(":event-bus/") {
        return Err(invalid("Destination.Arn", "Must contain an event bus ARN.").into());
    }
    let (from, until) = (input.event_start_time.unwrap_or_default(), input.event_end_time.unwrap_or_default());
    if from >= until {
        return Err(invalid("EventEndTime", "EventStartTime must be before EventEndTime.").into());
    }
    let name = input.replay_name.unwrap_or_default();
    let source = input.event_source_arn.unwrap_or_default();
    let replay = Replay {
        arn: replay_arn(&call.region, call.account(), &name),
        account: call.account().to_owned(),
        name,
        description: input.description,
        state: ReplayState::Starting,
        reason: None,
        archive: source,
        archive_key: String::new(),
        bus,
        rules: destination.filter_arns.unwrap_or_default(),
        from,
        until,
        position: String::new(),
        last: None,
        started: events.now(),
        ended: None,
    };
    let started = events.store.transact::<_, Error, _>(move |tx| start(tx, replay));
    let replay = started.await?;
    Ok(StartReplayResponse {
        replay_arn: Some(replay.arn),
        state: Some(replay.state.name().into()),
        replay_start_time: Some(replay.started),
        state_reason: None,
    })
}

fn start(tx: &mut dyn Tx, mut replay: Replay) -> Result<Replay> {
    let archive = tx.get::<Archive>(&replay.archive)?.filter(|archive| archive.account == replay.account);
    let Some(archive) = archive else {
        let name = replay.archive.rsplit('/').next().unwrap_or_default();
        return Err(invalid("EventSourceArn", &format!("Archive {name} does not exist.")));
    };
    // *StartReplay: Destination: only to the event bus of the archive*.
    if archive.bus != replay.bus {
        return Err(invalid("Destination.Arn", "Cross event bus replay is not permitted."));
    }
    for arn in &replay.rules {
        if tx.get::<Rule>(arn)?.is_none_or(|rule| rule.bus != replay.bus) {
            return Err(invalid("Destination.FilterArns", &format!("Rule {arn} does not exist on the event bus.")));
        }
    }
    if tx.get::<Replay>(&replay.arn)?.is_some() {
        return Err(Error::Exists(format!("Replay {} already exists.", replay.name)));
    }
    let going = Filter::account(&*replay.account).and_index(0, "going");
    if tx.list::<Replay>(&going)?.len() >= MOST {
        return Err(Error::LimitExceeded("The requested resource exceeds the maximum number allowed.".into()));
    }
    replay.position = place(&archive.key, replay.from);
    replay.archive_key = archive.key;
    tx.put(&replay)?;
    Ok(replay)
}

fn invalid(parameter: &str, reason: &str) -> Error {
    Error::invalid(format!("Parameter {parameter} is not valid. Reason: {reason}"))
}
