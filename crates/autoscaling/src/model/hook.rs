//! Lifecycle hooks: who wants to be asked before an instance goes on, and what was answered (*User guide, Lifecycle
//! hooks*).

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use freehold_core::ids::uuid;

/// Where in its life an instance is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Transition {
    Launching,
    Terminating,
}

/// How a hook ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum HookResult {
    Continue,
    Abandon,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hook {
    pub name: String,
    pub transition: Transition,
    /// An ARN of SNS or SQS.
    pub target: Option<String>,
    pub role: Option<String>,
    pub metadata: Option<String>,
    /// Seconds.
    pub heartbeat_timeout: u32,
    pub default_result: HookResult,
}

/// One instance that a hook holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HookAction {
    pub hook: String,
    pub token: String,
    /// Seconds.
    pub heartbeat_timeout: u32,
    pub default_result: HookResult,
    /// Until then it must be answered, or its default is the answer.
    pub deadline: Timestamp,
    /// No heartbeat moves the deadline past this.
    pub last_deadline: Timestamp,
    pub answer: Option<HookResult>,
}

/// *API reference, LifecycleHook: GlobalTimeout*: 48 hours or 100 times the heartbeat timeout, whichever is smaller.
const GLOBAL_TIMEOUT_AT_MOST: u32 = 48 * 3600;
const HEARTBEATS_AT_MOST: u32 = 100;

impl Transition {
    pub fn name(self) -> &'static str {
        match self {
            Self::Launching => "autoscaling:EC2_INSTANCE_LAUNCHING",
            Self::Terminating => "autoscaling:EC2_INSTANCE_TERMINATING",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Launching, Self::Terminating].into_iter().find(|transition| transition.name() == name)
    }
}

impl HookResult {
    pub fn name(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::Abandon => "ABANDON",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Continue, Self::Abandon].into_iter().find(|result| result.name() == name)
    }
}

impl Hook {
    /// Seconds.
    pub fn global_timeout(&self) -> u32 {
        self.heartbeat_timeout.saturating_mul(HEARTBEATS_AT_MOST).min(GLOBAL_TIMEOUT_AT_MOST)
    }

    /// An instance comes to it.
    pub fn hold(&self, now: Timestamp) -> HookAction {
        HookAction {
            hook: self.name.clone(),
            token: uuid(),
            heartbeat_timeout: self.heartbeat_timeout,
            default_result: self.default_result,
            deadline: later(now, self.heartbeat_timeout),
            last_deadline: later(now, self.global_timeout()),
            answer: None,
        }
    }
}

impl HookAction {
    /// `RecordLifecycleActionHeartbeat`
    pub fn beat(&mut self, now: Timestamp) {
        self.deadline = later(now, self.heartbeat_timeout).min(self.last_deadline);
    }

    /// What was answered, or is taken for the answer because nobody gave one in time.
    pub fn result(&self, now: Timestamp) -> Option<HookResult> {
        self.answer.or_else(|| (self.deadline <= now).then_some(self.default_result))
    }
}

/// So many seconds later.
pub(crate) fn later(at: Timestamp, seconds: u32) -> Timestamp {
    at.saturating_add(Duration::from_secs(u64::from(seconds))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(heartbeat_timeout: u32) -> Hook {
        Hook {
            name: "h".into(),
            transition: Transition::Launching,
            target: None,
            role: None,
            metadata: None,
            heartbeat_timeout,
            default_result: HookResult::Abandon,
        }
    }

    #[test]
    fn who_does_not_answer_in_time_gets_the_default() {
        let now = Timestamp::UNIX_EPOCH;
        let mut action = hook(60).hold(now);
        assert_eq!(action.result(later(now, 59)), None);
        assert_eq!(action.result(later(now, 60)), Some(HookResult::Abandon));
        action.answer = Some(HookResult::Continue);
        assert_eq!(action.result(later(now, 60)), Some(HookResult::Continue));
    }

    #[test]
    fn heartbeats_move_the_deadline_until_the_global_timeout() {
        let now = Timestamp::UNIX_EPOCH;
        let mut action = hook(60).hold(now);
        action.beat(later(now, 30));
        assert_eq!(action.deadline, later(now, 90));
        action.beat(later(now, 5999));
        assert_eq!(action.deadline, later(now, 6000));
        assert_eq!(hook(7200).global_timeout(), 48 * 3600);
    }
}
