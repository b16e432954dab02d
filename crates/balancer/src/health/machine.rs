//! What a row of probes makes of a target. Pure.
//!
//! ```text
//!            one success                    unhealthy_threshold failures in a row
//!  Initial ───────────────▶ Healthy ────────────────────────────────────────▶ Unhealthy
//!     │                        ▲                                                 │  ▲
//!     │                        └──── healthy_threshold successes in a row ───────┘  │
//!     └───────────────── unhealthy_threshold failures in a row ─────────────────────┘
//! ```

use crate::status::State;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    pub state: State,
    /// Outcomes in a row that speak against the state.
    row: u32,
    healthy_threshold: u32,
    unhealthy_threshold: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed(Failure),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// HTTP's status, or gRPC's.
    WrongCode(u32),
    Timeout,
    /// Connecting failed, or what came back was no answer.
    Broken,
}

impl Failure {
    /// *API reference, TargetHealth: Reason.*
    pub fn reason(&self) -> &'static str {
        match self {
            Failure::WrongCode(_) => "Target.ResponseCodeMismatch",
            Failure::Timeout => "Target.Timeout",
            Failure::Broken => "Target.FailedHealthChecks",
        }
    }

    pub fn description(&self) -> String {
        match self {
            Failure::WrongCode(code) => format!("Health checks failed with these codes: [{code}]"),
            Failure::Timeout => "Request timed out".into(),
            Failure::Broken => "Health checks failed".into(),
        }
    }
}

impl Machine {
    pub fn new(state: State, healthy_threshold: u32, unhealthy_threshold: u32) -> Machine {
        Machine {
            state,
            row: 0,
            healthy_threshold: healthy_threshold.max(1),
            unhealthy_threshold: unhealthy_threshold.max(1),
        }
    }

    pub fn after(self, outcome: &Outcome) -> Machine {
        let (next, needed) = match (self.state, outcome) {
            // *User Guide: a target is not in service until it passes one health check.*
            (State::Initial, Outcome::Passed) => (State::Healthy, 1),
            (State::Unhealthy, Outcome::Passed) => (State::Healthy, self.healthy_threshold),
            (State::Initial | State::Healthy, Outcome::Failed(_)) => (State::Unhealthy, self.unhealthy_threshold),
            _ => return Machine { row: 0, ..self },
        };
        match self.row + 1 >= needed {
            true => Machine { state: next, row: 0, ..self },
            false => Machine { row: self.row + 1, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(from: State, healthy: u32, unhealthy: u32, passed: &[bool]) -> State {
        let outcome = |passed: &bool| if *passed { Outcome::Passed } else { Outcome::Failed(Failure::Timeout) };
        passed.iter().map(outcome).fold(Machine::new(from, healthy, unhealthy), |it, one| it.after(&one)).state
    }

    #[test]
    fn one_success_puts_a_new_target_into_service() {
        assert_eq!(run(State::Initial, 5, 2, &[true]), State::Healthy);
        assert_eq!(run(State::Initial, 5, 2, &[false, true]), State::Healthy);
        assert_eq!(run(State::Initial, 5, 2, &[false, false]), State::Unhealthy);
    }

    proptest! {
        /// A state changes only after a whole row of outcomes against it, and then it does.
        #[test]
        fn a_state_changes_after_its_threshold(
            healthy in 1..6_u32,
            unhealthy in 1..6_u32,
            passed in proptest::collection::vec(any::<bool>(), 0..60),
        ) {
            let mut machine = Machine::new(State::Healthy, healthy, unhealthy);
            let mut row = 0;
            for one in passed {
                let was = machine.state;
                machine = machine.after(&if one { Outcome::Passed } else { Outcome::Failed(Failure::Broken) });
                let against = one == (was == State::Unhealthy);
                row = if against { row + 1 } else { 0 };
                let needed = if was == State::Healthy { unhealthy } else { healthy };
                prop_assert_eq!(machine.state != was, row == needed);
                if machine.state != was {
                    row = 0;
                }
            }
        }
    }
}
