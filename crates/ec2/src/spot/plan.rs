//! What is to be done next about a Spot request, as a pure function of it and its instance.

use jiff::{SignedDuration, Timestamp};

use crate::model::{By, Hold, Instance, InstanceState, InterruptionBehavior, SpotEvent, SpotRequest, SpotState};

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Something happened that the request does not tell yet.
    Tell(SpotEvent),
    /// An instance is to be launched for it.
    Launch,
    /// The instance that was stopped is to be started again.
    Restart,
    /// Its instance goes now.
    Interrupt(InterruptionBehavior),
    /// Nothing before this moment, unless something changes.
    Wait(Option<Timestamp>),
}

/// Room that was taken back is not there again at once.
pub const AFTERMATH: SignedDuration = SignedDuration::from_mins(1);

pub fn next(request: &SpotRequest, instance: Option<&Instance>, now: Timestamp) -> Step {
    if request.work() == SpotRequest::OVER {
        return Step::Wait(None);
    }
    let is_bound = request.instance.is_some();
    let Some(instance) = instance.filter(|instance| !instance.state.is_ending()) else {
        // One that is forgotten already was told of an hour ago, unless nobody was there to tell.
        let by = instance.map_or(By::User, ended_by);
        return if is_bound { Step::Tell(SpotEvent::Ended(by)) } else { evaluate(request, Step::Launch, now) };
    };
    let runs = matches!(instance.state, InstanceState::Pending | InstanceState::Running);
    match request.state {
        SpotState::Open if runs => Step::Tell(SpotEvent::Fulfilled),
        SpotState::Open if instance.state == InstanceState::Stopped => evaluate(request, Step::Restart, now),
        SpotState::Disabled if runs => Step::Tell(SpotEvent::Fulfilled),
        SpotState::Disabled => match request.valid_until {
            Some(until) if until <= now => Step::Tell(SpotEvent::Expired),
            until => Step::Wait(until),
        },
        SpotState::Active if !runs => {
            let by = if instance.was_interrupted() { By::Interruption } else { By::User };
            Step::Tell(SpotEvent::Stopped(by))
        }
        SpotState::Active | SpotState::Cancelled if runs => interruption(request, instance, now),
        _ => Step::Wait(None),
    }
}

/// Whether an open request is due.
fn evaluate(request: &SpotRequest, due: Step, now: Timestamp) -> Step {
    if request.valid_until.is_some_and(|until| until <= now) {
        return Step::Tell(SpotEvent::Expired);
    }
    let later = |moment: Option<Timestamp>| moment.filter(|moment| *moment > now);
    if let Some(from) = later(request.valid_from) {
        let hold = SpotEvent::Held(Hold::Schedule);
        let is_told = request.status.code == "not-scheduled-yet";
        return if is_told { wait([Some(from), request.valid_until]) } else { Step::Tell(hold) };
    }
    if let Some(until) = later(request.held_until) {
        return wait([Some(until), request.valid_until]);
    }
    // The price does not move, so that what is too low stays so.
    if request.status.code == "price-too-low" {
        return Step::Wait(request.valid_until);
    }
    due
}

fn interruption(request: &SpotRequest, instance: &Instance, now: Timestamp) -> Step {
    let Some(spot) = &instance.spot else { return Step::Wait(None) };
    let Some(at) = spot.interruption else { return Step::Wait(None) };
    if at <= now {
        // What is to be stopped must have begun to run.
        let can = instance.state == InstanceState::Running || spot.behavior == InterruptionBehavior::Terminate;
        return if can { Step::Interrupt(spot.behavior) } else { Step::Wait(None) };
    }
    let is_told = request.state != SpotState::Active || request.status.code.starts_with("marked-for-");
    match spot.noticed_from() {
        Some(from) if from > now => Step::Wait(Some(from)),
        _ if is_told => Step::Wait(Some(at)),
        _ => Step::Tell(SpotEvent::Marked(spot.behavior)),
    }
}

fn ended_by(instance: &Instance) -> By {
    let code = instance.state_reason.as_ref().map_or("", |reason| reason.code.as_str());
    match code {
        _ if instance.was_interrupted() => By::Interruption,
        _ if code.starts_with("Server.") => By::Failure,
        _ => By::User,
    }
}

fn wait(moments: [Option<Timestamp>; 2]) -> Step {
    Step::Wait(moments.into_iter().flatten().min())
}
