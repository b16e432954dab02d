//! The life of a Spot request, as a pure function (*EC2 user guide, State changes for a Spot request*).
//!
//! ```text
//!            fulfilled            ended (persistent), stopped by an interruption
//!   open ───────────────► active ──────────────────────────────────────────────► open
//!    │                      │ ▲
//!    │   stopped by its user▼ │started
//!    │                   disabled
//!    ├─ expired, cancelled ─► cancelled
//!    ├─ refused ────────────► failed
//!    └─ active, ended (one-time) ─► closed
//! ```

use serde::{Deserialize, Serialize};

use super::{InterruptionBehavior, SpotKind};

/// States as AWS names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpotState {
    Open,
    Active,
    Closed,
    Cancelled,
    Failed,
    Disabled,
}

impl SpotState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Active => "active",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Disabled => "disabled",
        }
    }

    /// Whether it can still bring an instance.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Open | Self::Active | Self::Disabled)
    }
}

/// Who ended or stopped an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    User,
    /// EC2 took the room back.
    Interruption,
    /// It came to cost more than is paid at most.
    Price,
    /// It could not be made to run.
    Failure,
}

/// What there is of a request's instance when the request is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    Nothing,
    Running,
    /// Nothing would bring it room any more, so it ends.
    Stopped,
}

/// What an open request waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    Capacity,
    Price,
    Schedule,
}

/// What happens to a request or to its instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpotEvent {
    /// An instance was launched, or the one that was stopped is started again.
    Fulfilled,
    Held(Hold),
    /// EC2 would refuse to launch such an instance, whatever room there is.
    Refused,
    /// `ValidUntil` has passed.
    Expired,
    /// CancelSpotInstanceRequests.
    Cancelled(Binding),
    /// The instance is told that it goes.
    Marked(InterruptionBehavior),
    Stopped(By),
    /// The instance is terminated, or on its way to it.
    Ended(By),
}

/// Where `event` takes a request of that kind, and its status code from then on; `None` where it has no meaning.
pub fn transition(state: SpotState, kind: SpotKind, event: SpotEvent) -> Option<(SpotState, &'static str)> {
    use SpotState::{Active, Cancelled, Closed, Disabled, Failed, Open};
    Some(match (state, event) {
        (Open | Disabled, SpotEvent::Fulfilled) => (Active, "fulfilled"),
        (Open, SpotEvent::Held(hold)) => (Open, hold.code()),
        (Open, SpotEvent::Refused) => (Failed, "bad-parameters"),
        (Open | Disabled, SpotEvent::Expired) => (Cancelled, "schedule-expired"),
        (Open | Active | Disabled, SpotEvent::Cancelled(binding)) => (Cancelled, binding.cancelled()),
        (Active, SpotEvent::Marked(InterruptionBehavior::Terminate)) => (Active, "marked-for-termination"),
        (Active, SpotEvent::Marked(InterruptionBehavior::Stop)) => (Active, "marked-for-stop"),
        (Active, SpotEvent::Stopped(By::User | By::Failure)) => (Disabled, "instance-stopped-by-user"),
        (Active, SpotEvent::Stopped(By::Interruption)) => (Open, "instance-stopped-no-capacity"),
        (Active, SpotEvent::Stopped(By::Price)) => (Open, "instance-stopped-by-price"),
        (Open | Active | Disabled, SpotEvent::Ended(By::Failure)) => (Closed, By::Failure.ended()),
        (Cancelled, SpotEvent::Ended(by)) => (Cancelled, by.ended()),
        (Open | Active | Disabled, SpotEvent::Ended(by)) => match kind {
            SpotKind::OneTime => (Closed, by.ended()),
            SpotKind::Persistent => (Open, by.ended()),
        },
        _ => return None,
    })
}

impl By {
    /// Whether EC2 did, for whatever reason.
    pub fn is_interruption(self) -> bool {
        matches!(self, Self::Interruption | Self::Price)
    }

    fn ended(self) -> &'static str {
        match self {
            Self::User => "instance-terminated-by-user",
            Self::Interruption => "instance-terminated-no-capacity",
            Self::Price => "instance-terminated-by-price",
            Self::Failure => "system-error",
        }
    }
}

impl Binding {
    fn cancelled(self) -> &'static str {
        match self {
            Self::Nothing => "canceled-before-fulfillment",
            Self::Running => BOUND,
            Self::Stopped => "instance-terminated-by-service",
        }
    }
}

/// The code of a request that is cancelled and has an instance still.
pub const BOUND: &str = "request-canceled-and-instance-running";

impl Hold {
    fn code(self) -> &'static str {
        match self {
            Self::Capacity => "capacity-not-available",
            Self::Price => "price-too-low",
            Self::Schedule => "not-scheduled-yet",
        }
    }
}

/// The sentence that goes with a status code.
pub fn message(code: &str) -> &'static str {
    match code {
        "pending-evaluation" => "Your Spot request has been submitted for review, and is pending evaluation.",
        "fulfilled" => "Your Spot request is fulfilled.",
        "capacity-not-available" => {
            "There is no Spot capacity available that matches your request. It will be fulfilled when there is."
        }
        "price-too-low" => "Your Spot request price is lower than the minimum required Spot request fulfillment price.",
        "not-scheduled-yet" => "Your Spot request will not be evaluated until the scheduled date.",
        "schedule-expired" => "Your Spot request was not fulfilled by the specified date.",
        "bad-parameters" => "One or more parameters of your Spot request are not valid.",
        "canceled-before-fulfillment" => "Your Spot request was canceled before it was fulfilled.",
        "request-canceled-and-instance-running" => {
            "Your Spot request is canceled, but the Spot Instance that it launched is still there."
        }
        "marked-for-termination" => "Your Spot Instance is marked for termination.",
        "marked-for-stop" => "Your Spot Instance is marked for stopping.",
        "instance-stopped-by-user" => "Your Spot Instance was stopped due to a user-initiated action.",
        "instance-stopped-no-capacity" => "Your Spot Instance was stopped because EC2 needed its capacity.",
        "instance-stopped-by-price" => {
            "Your Spot Instance was stopped because the Spot price exceeded your specified maximum price."
        }
        "instance-terminated-by-price" => {
            "Your Spot Instance was terminated because the Spot price exceeded your specified maximum price."
        }
        "instance-terminated-by-service" => "Your Spot Instance was terminated from a stopped state.",
        "system-error" => "Your Spot Instance could not be launched because of an internal error.",
        "instance-terminated-by-user" => "Your Spot Instance was terminated due to a user-initiated action.",
        "instance-terminated-no-capacity" => "Your Spot Instance was terminated because EC2 needed its capacity.",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events() -> impl Strategy<Value = SpotEvent> {
        let by = || prop_oneof![Just(By::User), Just(By::Interruption), Just(By::Price), Just(By::Failure)];
        prop_oneof![
            Just(SpotEvent::Fulfilled),
            prop_oneof![Just(Hold::Capacity), Just(Hold::Price), Just(Hold::Schedule)].prop_map(SpotEvent::Held),
            Just(SpotEvent::Refused),
            Just(SpotEvent::Expired),
            prop_oneof![Just(Binding::Nothing), Just(Binding::Running), Just(Binding::Stopped)]
                .prop_map(SpotEvent::Cancelled),
            prop_oneof![Just(InterruptionBehavior::Terminate), Just(InterruptionBehavior::Stop)]
                .prop_map(SpotEvent::Marked),
            by().prop_map(SpotEvent::Stopped),
            by().prop_map(SpotEvent::Ended),
        ]
    }

    fn run(kind: SpotKind, events: &[SpotEvent]) -> Vec<SpotState> {
        let mut states = vec![SpotState::Open];
        for event in events {
            let state = states[states.len() - 1];
            states.push(transition(state, kind, *event).map_or(state, |(next, _)| next));
        }
        states
    }

    proptest! {
        #[test]
        fn what_is_over_stays_over(persistent: bool, events in prop::collection::vec(events(), 0..40)) {
            let kind = if persistent { SpotKind::Persistent } else { SpotKind::OneTime };
            for pair in run(kind, &events).windows(2) {
                prop_assert!(pair[0].is_live() || pair[1] == pair[0]);
            }
        }

        #[test]
        fn a_request_for_one_instance_ends_with_it(events in prop::collection::vec(events(), 0..40)) {
            let states = run(SpotKind::OneTime, &events);
            for (index, pair) in states.windows(2).enumerate() {
                if matches!(events[index], SpotEvent::Ended(_)) {
                    prop_assert!(!pair[1].is_live());
                }
            }
        }

        #[test]
        fn every_code_has_its_sentence(persistent: bool, events in prop::collection::vec(events(), 1..10)) {
            let kind = if persistent { SpotKind::Persistent } else { SpotKind::OneTime };
            let mut state = SpotState::Open;
            for event in events {
                if let Some((next, code)) = transition(state, kind, event) {
                    prop_assert!(!message(code).is_empty(), "{}", code);
                    state = next;
                }
            }
        }
    }

    #[test]
    fn a_persistent_request_opens_again_whoever_ended_its_instance() {
        for by in [By::User, By::Interruption] {
            let next = transition(SpotState::Active, SpotKind::Persistent, SpotEvent::Ended(by));
            assert_eq!(next.map(|(state, _)| state), Some(SpotState::Open));
        }
    }
}
