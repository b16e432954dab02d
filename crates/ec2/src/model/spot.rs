//! Spot: what is asked for, and what an instance that was bought so knows of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How instances of a launch are bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarketParameters {
    OnDemand,
    Spot(SpotParameters),
}

/// What a request says of Spot; what is `None` was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpotParameters {
    /// Dollars an hour, as they were written.
    pub max_price: Option<String>,
    pub kind: Option<SpotKind>,
    pub valid_until: Option<Timestamp>,
    pub behavior: Option<InterruptionBehavior>,
}

/// Whether a request ends with its first instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpotKind {
    #[default]
    OneTime,
    Persistent,
}

impl SpotKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::OneTime => "one-time",
            Self::Persistent => "persistent",
        }
    }
}

/// What becomes of an instance whose room is taken back. Nothing here hibernates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterruptionBehavior {
    #[default]
    Terminate,
    Stop,
}

impl InterruptionBehavior {
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminate => "terminate",
            Self::Stop => "stop",
        }
    }
}

/// How long before it is interrupted an instance is told (*EC2 user guide, Spot Instance interruption notices*).
pub const NOTICE: SignedDuration = SignedDuration::from_mins(2);

/// What a Spot instance knows of being one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotTerms {
    /// `sir-…`
    pub request: String,
    pub kind: SpotKind,
    pub behavior: InterruptionBehavior,
    /// When it is interrupted, as soon as that is decided. Stored, so that the next control plane keeps the moment.
    pub interruption: Option<Timestamp>,
    /// Why it is interrupted, once that is decided.
    #[serde(default)]
    pub cause: Cause,
    /// Since when it is recommended to replace it.
    pub rebalance: Option<Timestamp>,
    /// Which of the two the region was told of as events.
    #[serde(default)]
    pub told: Told,
}

/// Why room is taken back (*EC2 user guide, Why was my Spot Instance interrupted*).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Somebody else needs it.
    #[default]
    Capacity,
    /// It costs more than is paid at most.
    Price,
}

/// Events that were told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub rebalance: bool,
    pub interruption: bool,
}

impl SpotTerms {
    /// The moment of the interruption, once the instance is told of it.
    pub fn notice(&self, now: Timestamp) -> Option<Timestamp> {
        self.interruption.filter(|at| at.duration_since(now) <= NOTICE)
    }

    /// When the instance is told.
    pub fn noticed_from(&self) -> Option<Timestamp> {
        self.interruption.map(|at| at.saturating_sub(NOTICE).unwrap_or(at))
    }

    /// Its room is to be taken back at that moment; a recommendation to replace it comes no later than the notice.
    pub fn interrupt_at(&mut self, at: Timestamp, cause: Cause, now: Timestamp) {
        (self.interruption, self.cause) = (Some(at), cause);
        self.recommend(now);
    }

    /// It has room again.
    pub fn resume(&mut self) {
        (self.interruption, self.rebalance, self.told) = (None, None, Told::default());
    }

    pub fn recommend(&mut self, now: Timestamp) {
        self.rebalance.get_or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_told_two_minutes_before_it_goes_and_no_sooner() {
        let now = Timestamp::UNIX_EPOCH;
        let at = now + SignedDuration::from_secs(300);
        let mut terms = SpotTerms {
            request: "sir-1".into(),
            kind: SpotKind::OneTime,
            behavior: InterruptionBehavior::Terminate,
            interruption: None,
            cause: Cause::Capacity,
            rebalance: None,
            told: Told::default(),
        };
        assert_eq!(terms.notice(now), None);
        terms.interrupt_at(at, Cause::Price, now);
        assert_eq!((terms.notice(now), terms.rebalance), (None, Some(now)));
        assert_eq!(terms.notice(now + SignedDuration::from_secs(180)), Some(at));
        assert_eq!(terms.notice(now + SignedDuration::from_secs(900)), Some(at));
    }
}
