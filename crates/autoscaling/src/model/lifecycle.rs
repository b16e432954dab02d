//! The life of an instance in its group, as a pure function (*User guide, Instance lifecycle*).
//!
//! ```text
//!                        ┌─ PendingWait ─┐
//!  launched ─▶ Pending ──┴───────────────┴▶ PendingProceed ─▶ InService ─▶ EnteringStandby ─▶ Standby ─┐
//!                 ▲ ▲                           │ (warmed)       │ │                                    │
//!                 │ │ drawn                     ▼                │ └─▶ Detaching ─▶ (gone)              │
//!                 │ └────────── Running, Stopped (warm pool)     ▼                                      │
//!                 │                             └──────────▶ Terminating ─┬─────────────────┬▶ TerminatingProceed ─▶ (gone)
//!                 └───────────────── returned ◀───────────────────────────┘ TerminatingWait ┘
//! ```
//!
//! An instance of a warm pool goes the same way with `Warmed:` before its state's name, and rests in `Running` or
//! `Stopped` where others serve.

use serde::{Deserialize, Serialize};

/// Where in its life an instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Phase {
    Pending,
    PendingWait,
    PendingProceed,
    InService,
    EnteringStandby,
    Standby,
    Detaching,
    Terminating,
    TerminatingWait,
    TerminatingProceed,
    /// In a warm pool whose instances run.
    Running,
    /// In a warm pool whose instances are stopped.
    Stopped,
}

/// What is asked of an instance, or happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// EC2 says that it runs; `hooked`: somebody wants to be asked before it goes on.
    Ran { hooked: bool },
    /// All hooks let it go on.
    Released,
    /// It receives traffic.
    Joined,
    /// It is in the warm pool, as it is to be there.
    Pooled { stopped: bool },
    /// It leaves the warm pool to serve.
    Drawn,
    /// It is to end.
    Doomed,
    /// It receives no more traffic; `hooked`: somebody wants to be asked before it goes on.
    Drained { hooked: bool },
    /// `EnterStandby`
    Rested,
    /// `ExitStandby`
    Returned,
    /// `DetachInstances`
    Detached,
    /// It goes to the warm pool instead of ending.
    Reused,
}

impl Phase {
    /// The phase after the event; `None` where the event has no meaning.
    pub fn after(self, event: Event) -> Option<Self> {
        use Phase as P;
        Some(match (self, event) {
            (P::Pending, Event::Ran { hooked: true }) => P::PendingWait,
            (P::Pending, Event::Ran { hooked: false }) => P::PendingProceed,
            (P::PendingWait, Event::Released) => P::PendingProceed,
            (P::PendingProceed, Event::Joined) => P::InService,
            (P::PendingProceed, Event::Pooled { stopped: true }) => P::Stopped,
            (P::PendingProceed, Event::Pooled { stopped: false }) => P::Running,
            (P::Running | P::Stopped, Event::Drawn) => P::Pending,
            (P::InService, Event::Rested) => P::EnteringStandby,
            (P::EnteringStandby, Event::Drained { .. }) => P::Standby,
            (P::Standby, Event::Returned) => P::Pending,
            (P::InService | P::Standby, Event::Detached) => P::Detaching,
            (phase, Event::Doomed) if !phase.is_ending() => P::Terminating,
            (P::Terminating, Event::Drained { hooked: true }) => P::TerminatingWait,
            (P::Terminating, Event::Drained { hooked: false }) => P::TerminatingProceed,
            (P::TerminatingWait, Event::Released) => P::TerminatingProceed,
            (P::TerminatingProceed, Event::Reused) => P::PendingProceed,
            _ => return None,
        })
    }

    /// AWS's name for it.
    pub fn name(self, warmed: bool) -> String {
        let name = match self {
            Self::Pending => "Pending",
            Self::PendingWait => "Pending:Wait",
            Self::PendingProceed => "Pending:Proceed",
            Self::InService => "InService",
            Self::EnteringStandby => "EnteringStandby",
            Self::Standby => "Standby",
            Self::Detaching => "Detaching",
            Self::Terminating => "Terminating",
            Self::TerminatingWait => "Terminating:Wait",
            Self::TerminatingProceed => "Terminating:Proceed",
            Self::Running => "Running",
            Self::Stopped => "Stopped",
        };
        if warmed { format!("Warmed:{name}") } else { name.to_owned() }
    }

    pub fn is_pending(self) -> bool {
        matches!(self, Self::Pending | Self::PendingWait | Self::PendingProceed)
    }

    /// On its way out, to be terminated.
    pub fn is_ending(self) -> bool {
        matches!(self, Self::Terminating | Self::TerminatingWait | Self::TerminatingProceed)
    }

    /// Waits for whoever was asked by a hook.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::PendingWait | Self::TerminatingWait)
    }

    /// Whether nothing is to be done with it, until somebody asks.
    pub fn is_at_rest(self) -> bool {
        matches!(self, Self::InService | Self::Standby | Self::Running | Self::Stopped)
    }

    /// Whether it is, or is about to be, part of what the desired capacity counts.
    pub fn counts(self) -> bool {
        self.is_pending() || self == Self::InService
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [Event; 14] = [
        Event::Ran { hooked: true },
        Event::Ran { hooked: false },
        Event::Released,
        Event::Joined,
        Event::Pooled { stopped: true },
        Event::Pooled { stopped: false },
        Event::Drawn,
        Event::Doomed,
        Event::Drained { hooked: true },
        Event::Drained { hooked: false },
        Event::Rested,
        Event::Returned,
        Event::Detached,
        Event::Reused,
    ];

    proptest! {
        #[test]
        fn what_is_ending_never_serves_again_but_by_the_warm_pool(path in prop::collection::vec(0..EVENTS.len(), 0..40)) {
            let (mut phase, mut doomed) = (Phase::Pending, false);
            for event in path.into_iter().map(|n| EVENTS[n]) {
                let Some(next) = phase.after(event) else { continue };
                doomed = (doomed || event == Event::Doomed) && event != Event::Reused;
                phase = next;
                prop_assert_eq!(phase.is_ending(), doomed);
            }
        }

        #[test]
        fn whatever_happened_an_instance_can_be_ended(path in prop::collection::vec(0..EVENTS.len(), 0..40)) {
            let mut phase = Phase::Pending;
            for event in path.into_iter().map(|n| EVENTS[n]) {
                phase = phase.after(event).unwrap_or(phase);
            }
            prop_assert!(phase.is_ending() || phase.after(Event::Doomed) == Some(Phase::Terminating));
        }
    }

    #[test]
    fn the_way_through_hooks_is_as_the_guide_draws_it() {
        let mut phase = Phase::Pending;
        for (event, name) in [
            (Event::Ran { hooked: true }, "Pending:Wait"),
            (Event::Released, "Pending:Proceed"),
            (Event::Joined, "InService"),
            (Event::Rested, "EnteringStandby"),
            (Event::Drained { hooked: false }, "Standby"),
            (Event::Returned, "Pending"),
            (Event::Ran { hooked: false }, "Pending:Proceed"),
            (Event::Joined, "InService"),
            (Event::Doomed, "Terminating"),
            (Event::Drained { hooked: true }, "Terminating:Wait"),
            (Event::Released, "Terminating:Proceed"),
        ] {
            phase = phase.after(event).unwrap();
            assert_eq!(phase.name(false), name);
        }
        assert_eq!(Phase::Stopped.name(true), "Warmed:Stopped");
    }
}
