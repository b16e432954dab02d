//! Actions of composite alarms that wait for another alarm (*User guide, Composite alarm suppression*).
//!
//! ```text
//!           transition, suppressor in ALARM
//!  Free ────────────────────────────────────▶ Held ◀──────────┐
//!   │                                  ▲       │ suppressor    │ suppressor
//!   │ transition, wait period          │       ▼ left ALARM    │ in ALARM
//!   └─────────────▶ Waiting ───────────┘    Extended ──────────┘
//!                      │ time over             │ time over
//!                      └──────▶ actions ◀──────┘
//! ```
//! Whoever comes back meanwhile to the state that was told last has nothing to tell.

use serde::{Deserialize, Serialize};

use super::StateValue;

/// Which alarm, and how long it is waited for; seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suppressor {
    /// As it was given: name or ARN.
    pub alarm: String,
    pub wait: i64,
    pub extension: i64,
}

/// Times are seconds since 1970; `told` is the state that actions were last taken for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Suppression {
    #[default]
    Free,
    Waiting {
        until: i64,
        told: StateValue,
    },
    Held {
        told: StateValue,
    },
    Extended {
        until: i64,
        told: StateValue,
    },
}

/// What a composite alarm looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub now: i64,
    pub is_suppressed: bool,
    pub before: StateValue,
    pub state: StateValue,
}

/// What follows: the next suppression, and whether the state's actions are taken now.
pub(crate) type Outcome = (Suppression, bool);

impl Suppression {
    pub fn next(self, suppressor: &Suppressor, seen: Seen) -> Outcome {
        let Seen { now, is_suppressed, before, state } = seen;
        let has_changed = before != state;
        let told = match self {
            Self::Free if !has_changed => return (Self::Free, false),
            Self::Free => before,
            Self::Waiting { told, .. } | Self::Held { told } | Self::Extended { told, .. } => told,
        };
        if told == state {
            return (Self::Free, false);
        }
        if is_suppressed {
            return (Self::Held { told }, false);
        }
        match self {
            Self::Free if suppressor.wait > 0 => (Self::Waiting { until: now + suppressor.wait, told }, false),
            Self::Held { .. } if suppressor.extension > 0 => {
                (Self::Extended { until: now + suppressor.extension, told }, false)
            }
            Self::Waiting { until, .. } | Self::Extended { until, .. } if now < until => (self, false),
            _ => (Self::Free, true),
        }
    }

    /// `ActionsSuppressedBy`
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Free => None,
            Self::Waiting { .. } => Some("WaitPeriod"),
            Self::Held { .. } => Some("Alarm"),
            Self::Extended { .. } => Some("ExtensionPeriod"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StateValue::{Alarm, Ok};
    use super::*;

    fn suppressor() -> Suppressor {
        Suppressor { alarm: "s".into(), wait: 60, extension: 30 }
    }

    /// Goes through (seconds, suppressor in ALARM, state), and tells what is in the end, and when actions were taken.
    fn told(steps: &[(i64, bool, StateValue)]) -> (Option<&'static str>, Vec<i64>) {
        let (mut suppression, mut before, mut taken) = (Suppression::Free, Ok, Vec::new());
        for (now, is_suppressed, state) in steps {
            let seen = Seen { now: *now, is_suppressed: *is_suppressed, before, state: *state };
            let (next, acts) = suppression.next(&suppressor(), seen);
            (suppression, before) = (next, *state);
            taken.extend(acts.then_some(*now));
        }
        (suppression.name(), taken)
    }

    #[test]
    fn actions_wait_for_the_suppressor_and_no_longer() {
        assert_eq!(told(&[(0, false, Alarm)]), (Some("WaitPeriod"), vec![]));
        assert_eq!(told(&[(0, false, Alarm), (59, false, Alarm), (60, false, Alarm)]), (None, vec![60]));
        assert_eq!(told(&[(0, false, Alarm), (40, true, Alarm), (100, true, Alarm)]), (Some("Alarm"), vec![]));
    }

    #[test]
    fn a_suppressor_that_ends_is_extended() {
        let ended = [(0, true, Alarm), (10, false, Alarm), (39, false, Alarm)];
        assert_eq!(told(&ended), (Some("ExtensionPeriod"), vec![]));
        assert_eq!(told(&[&ended[..], &[(40, false, Alarm)]].concat()), (None, vec![40]));
        assert_eq!(told(&[&ended[..], &[(39, true, Alarm), (50, true, Alarm)]].concat()), (Some("Alarm"), vec![]));
    }

    #[test]
    fn who_comes_back_has_nothing_to_tell() {
        assert_eq!(told(&[(0, true, Alarm), (10, true, Ok), (50, false, Ok)]), (None, vec![]));
        assert_eq!(told(&[(0, false, Alarm), (10, false, Ok), (70, false, Ok)]), (None, vec![]));
    }
}
