//! What is to be done next about a Spot request, as a pure function of it, its instance and the price.

use jiff::{SignedDuration, Timestamp};

use super::price::Price;
use crate::model::{By, Cause, Hold, Instance, InstanceState, InterruptionBehavior, SpotEvent, SpotRequest, SpotState};

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Something happened that the request does not tell yet.
    Tell(SpotEvent),
    /// An instance is to be launched for it.
    Launch,
    /// The instance that was stopped is to be started again.
    Restart,
    /// It costs more than is paid: its instance is to go, two minutes from now.
    Outbid,
    /// Its instance goes now.
    Interrupt(InterruptionBehavior),
    /// Nothing before this moment, unless something changes.
    Wait(Option<Timestamp>),
}

/// Room that was taken back is not there again at once.
pub const AFTERMATH: SignedDuration = SignedDuration::from_mins(1);

/// `price` is what instances of its type cost now; `None` where nobody knows.
pub fn next(request: &SpotRequest, instance: Option<&Instance>, price: Option<Price>, now: Timestamp) -> Step {
    if request.work() == SpotRequest::OVER {
        return Step::Wait(None);
    }
    let is_bound = request.instance.is_some();
    let Some(instance) = instance.filter(|instance| !instance.state.is_ending()) else {
        // One that is forgotten already was told of an hour ago, unless nobody was there to tell.
        let by = instance.map_or(By::User, ended_by);
        return if is_bound { Step::Tell(SpotEvent::Ended(by)) } else { evaluate(request, Step::Launch, price, now) };
    };
    let runs = matches!(instance.state, InstanceState::Pending | InstanceState::Running);
    match request.state {
        SpotState::Open if runs => Step::Tell(SpotEvent::Fulfilled),
        SpotState::Open if instance.state == InstanceState::Stopped => evaluate(request, Step::Restart, price, now),
        SpotState::Disabled if runs => Step::Tell(SpotEvent::Fulfilled),
        SpotState::Disabled => match request.valid_until {
            Some(until) if until <= now => Step::Tell(SpotEvent::Expired),
            until => Step::Wait(until),
        },
        SpotState::Active if !runs => {
            let by = interrupted_by(instance).unwrap_or(By::User);
            Step::Tell(SpotEvent::Stopped(by))
        }
        SpotState::Active | SpotState::Cancelled if runs => interruption(request, instance, price, now),
        _ => Step::Wait(None),
    }
}

/// Whether an open request is due.
fn evaluate(request: &SpotRequest, due: Step, price: Option<Price>, now: Timestamp) -> Step {
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
    if is_outbid(request, price) {
        let is_told = request.status.code == "price-too-low";
        return if is_told { Step::Wait(request.valid_until) } else { Step::Tell(SpotEvent::Held(Hold::Price)) };
    }
    due
}

fn is_outbid(request: &SpotRequest, price: Option<Price>) -> bool {
    let most = request.max_price.as_deref().and_then(Price::parse);
    most.zip(price).is_some_and(|(most, price)| most < price)
}

fn interruption(request: &SpotRequest, instance: &Instance, price: Option<Price>, now: Timestamp) -> Step {
    let Some(spot) = &instance.spot else { return Step::Wait(None) };
    let Some(at) = spot.interruption else {
        // What is to be stopped must have begun to run.
        let can = instance.state == InstanceState::Running || spot.behavior == InterruptionBehavior::Terminate;
        return if can && is_outbid(request, price) { Step::Outbid } else { Step::Wait(None) };
    };
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

fn interrupted_by(instance: &Instance) -> Option<By> {
    let cause = instance.spot.as_ref().map_or(Cause::Capacity, |spot| spot.cause);
    instance.was_interrupted().then_some(match cause {
        Cause::Capacity => By::Interruption,
        Cause::Price => By::Price,
    })
}

fn ended_by(instance: &Instance) -> By {
    let code = instance.state_reason.as_ref().map_or("", |reason| reason.code.as_str());
    match code {
        _ if instance.was_interrupted() => interrupted_by(instance).unwrap_or(By::Interruption),
        _ if code.starts_with("Server.") => By::Failure,
        _ => By::User,
    }
}

fn wait(moments: [Option<Timestamp>; 2]) -> Step {
    Step::Wait(moments.into_iter().flatten().min())
}
