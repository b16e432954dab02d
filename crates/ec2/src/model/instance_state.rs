//! The life of an instance, as a pure function.
//!
//! ```text
//!              start ┌────────────── stopped ◄─── halted ── stopping
//!                    ▼                  │                      ▲
//!  launch ──────► pending ── booted ─► running ── stop, exit ──┘
//!                    │                  │ terminate, exit (behaviour: terminate)
//!                    └── terminate ─────┴──► shutting-down ── halted ──► terminated
//! ```
//!
//! The state that users see also says what should be true ([`InstanceState::desired`]): reconcilers move the
//! world there and report back with [`Event::Booted`], [`Event::Halted`] and [`Event::Failed`].

use serde::{Deserialize, Serialize};

use super::{InterruptionBehavior, ShutdownBehavior};

/// States as AWS names and numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    Pending,
    Running,
    ShuttingDown,
    Terminated,
    Stopping,
    Stopped,
}

/// What should be true of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desired {
    Running,
    Stopped,
    Terminated,
}

/// What is asked of an instance, or happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// `StartInstances`
    Start,
    /// `StopInstances`
    Stop,
    /// `TerminateInstances`
    Terminate,
    /// The machine runs.
    Booted,
    /// The machine does not run any more (and, where it is to be terminated, is gone).
    Halted,
    /// The machine ended unasked: its guest powered off.
    Exited(ShutdownBehavior),
    /// The machine cannot be made to run. `launched`: it ran before, so there is a disk worth keeping.
    Failed { launched: bool },
    /// There is no room for it after all.
    Crowded { launched: bool },
    /// The machine's disk is gone: nothing can bring the instance back.
    Lost,
    /// EC2 takes the room of a Spot instance back.
    Interrupted(InterruptionBehavior),
}

/// A legal answer to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    pub from: InstanceState,
    pub to: InstanceState,
    /// Code of the state reason from now on; `None` clears it. Meaningful only if the state changed.
    pub reason: Option<&'static str>,
}

impl Transition {
    /// Whether anything is to be written.
    pub fn changes(&self) -> bool {
        self.from != self.to
    }
}

/// The event cannot happen in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Illegal;

pub const USER_INITIATED: &str = "Client.UserInitiatedShutdown";
pub const INSTANCE_INITIATED: &str = "Client.InstanceInitiatedShutdown";
pub const INTERNAL_ERROR: &str = "Server.InternalError";

/// *API reference, StateReason*
pub const NO_CAPACITY: &str = "Server.InsufficientInstanceCapacity";
pub const SPOT_TERMINATION: &str = "Server.SpotInstanceTermination";
pub const SPOT_SHUTDOWN: &str = "Server.SpotInstanceShutdown";

/// Code of the state reason of an instance that was interrupted.
pub fn interrupted(behavior: InterruptionBehavior) -> &'static str {
    match behavior {
        InterruptionBehavior::Terminate => SPOT_TERMINATION,
        InterruptionBehavior::Stop => SPOT_SHUTDOWN,
    }
}

/// Where `event` takes an instance that is in `state`. Asking for what is so already is legal and changes nothing.
pub fn transition(state: InstanceState, event: Event) -> Result<Transition, Illegal> {
    use InstanceState::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};
    let (to, reason) = match (state, event) {
        (Stopped, Event::Start) => (Pending, None),
        (Pending | Running, Event::Start) => (state, None),

        (Running, Event::Stop) => (Stopping, Some(USER_INITIATED)),
        (Stopping | Stopped, Event::Stop) => (state, None),

        (ShuttingDown | Terminated, Event::Terminate) => (state, None),
        (_, Event::Terminate) => (ShuttingDown, Some(USER_INITIATED)),

        (Pending, Event::Booted) => (Running, None),

        (Stopping, Event::Halted) => (Stopped, Some(USER_INITIATED)),
        (ShuttingDown, Event::Halted) => (Terminated, Some(USER_INITIATED)),

        (Running, Event::Exited(ShutdownBehavior::Stop)) => (Stopping, Some(INSTANCE_INITIATED)),
        (Running, Event::Exited(ShutdownBehavior::Terminate)) => (ShuttingDown, Some(INSTANCE_INITIATED)),

        (Running, Event::Interrupted(InterruptionBehavior::Stop)) => (Stopping, Some(SPOT_SHUTDOWN)),
        (Pending | Running, Event::Interrupted(InterruptionBehavior::Terminate)) => {
            (ShuttingDown, Some(SPOT_TERMINATION))
        }

        (Pending, Event::Failed { launched: true }) => (Stopping, Some(INTERNAL_ERROR)),
        (Pending, Event::Failed { launched: false }) => (ShuttingDown, Some(INTERNAL_ERROR)),

        (Pending, Event::Crowded { launched: true }) => (Stopping, Some(NO_CAPACITY)),
        (Pending, Event::Crowded { launched: false }) => (ShuttingDown, Some(NO_CAPACITY)),

        (ShuttingDown | Terminated, Event::Lost) => (state, None),
        (_, Event::Lost) => (ShuttingDown, Some(INTERNAL_ERROR)),
        _ => return Err(Illegal),
    };
    Ok(Transition { from: state, to, reason })
}

impl InstanceState {
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Running, Self::ShuttingDown, Self::Terminated, Self::Stopping, Self::Stopped];

    /// `instance-state-code` (*API reference, InstanceState*).
    pub fn code(self) -> i32 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// Where the machine should be when reconcilers are done.
    pub fn desired(self) -> Desired {
        match self {
            Self::Pending | Self::Running => Desired::Running,
            Self::Stopping | Self::Stopped => Desired::Stopped,
            Self::ShuttingDown | Self::Terminated => Desired::Terminated,
        }
    }

    /// Whether the instance holds its part of the host's processors and memory.
    pub fn holds_capacity(self) -> bool {
        !matches!(self, Self::Stopped | Self::Terminated)
    }

    /// Whether it is on its way out, so that nothing may be changed about it.
    pub fn is_ending(self) -> bool {
        self.desired() == Desired::Terminated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Start),
            Just(Event::Stop),
            Just(Event::Terminate),
            Just(Event::Booted),
            Just(Event::Halted),
            Just(Event::Lost),
            Just(Event::Interrupted(InterruptionBehavior::Stop)),
            Just(Event::Interrupted(InterruptionBehavior::Terminate)),
            Just(Event::Exited(ShutdownBehavior::Stop)),
            Just(Event::Exited(ShutdownBehavior::Terminate)),
            any::<bool>().prop_map(|launched| Event::Failed { launched }),
            any::<bool>().prop_map(|launched| Event::Crowded { launched }),
        ]
    }

    fn run(events: &[Event]) -> Vec<InstanceState> {
        let mut states = vec![InstanceState::Pending];
        for event in events {
            let state = states[states.len() - 1];
            states.push(transition(state, *event).map_or(state, |t| t.to));
        }
        states
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_way_out(events in prop::collection::vec(events(), 0..40)) {
            let states = run(&events);
            for pair in states.windows(2) {
                prop_assert!(!pair[0].is_ending() || pair[1].is_ending());
                prop_assert!(pair[0] != InstanceState::Terminated || pair[1] == InstanceState::Terminated);
            }
        }

        #[test]
        fn terminating_and_halting_ends_every_life(events in prop::collection::vec(events(), 0..40)) {
            let mut all = events;
            all.extend([Event::Terminate, Event::Halted]);
            let states = run(&all);
            prop_assert_eq!(states.last(), Some(&InstanceState::Terminated));
        }

        #[test]
        fn asking_again_changes_nothing(events in prop::collection::vec(events(), 0..40),
                                        ask in prop_oneof![Just(Event::Start), Just(Event::Stop), Just(Event::Terminate)]) {
            let state = run(&events)[events.len()];
            if let Ok(first) = transition(state, ask) {
                let second = transition(first.to, ask);
                prop_assert!(second.is_ok_and(|again| !again.changes()));
            }
        }

        #[test]
        fn only_a_boot_makes_it_run(events in prop::collection::vec(events(), 1..40)) {
            let states = run(&events);
            for (index, pair) in states.windows(2).enumerate() {
                if pair[1] == InstanceState::Running && pair[0] != InstanceState::Running {
                    prop_assert_eq!(events[index], Event::Booted);
                }
            }
        }
    }

    #[test]
    fn a_pending_instance_cannot_be_stopped_and_a_stopping_one_cannot_be_started() {
        assert_eq!(transition(InstanceState::Pending, Event::Stop), Err(Illegal));
        assert_eq!(transition(InstanceState::Stopping, Event::Start), Err(Illegal));
    }
}
