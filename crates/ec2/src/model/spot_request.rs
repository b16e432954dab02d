//! Spot requests: one for each instance that is bought so.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::resource::{Malformed, document, resource};
use super::spot_state::{BOUND, SpotEvent, SpotState, message, transition};
use super::{InterruptionBehavior, LaunchParameters, SpotKind, Tags};
use crate::launch::TemplateSource;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotRequest {
    /// `sir-…`
    pub id: String,
    pub account: String,
    pub created: Timestamp,
    pub kind: SpotKind,
    pub behavior: InterruptionBehavior,
    /// Dollars an hour, as they were written; `None` pays whatever it costs.
    pub max_price: Option<String>,
    pub valid_from: Option<Timestamp>,
    pub valid_until: Option<Timestamp>,
    pub state: SpotState,
    pub status: SpotStatus,
    /// The instance that fulfils it, or did last.
    pub instance: Option<String>,
    pub zone: Option<String>,
    pub zone_id: Option<String>,
    /// What each of its instances is launched from.
    pub launch: LaunchParameters,
    pub template: Option<TemplateSource>,
    /// Not evaluated before.
    pub held_until: Option<Timestamp>,
    /// Why it failed: a code and a sentence.
    pub fault: Option<(String, String)>,
    pub tags: Tags,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotStatus {
    pub code: String,
    pub updated: Timestamp,
}

impl SpotStatus {
    pub fn message(&self) -> &'static str {
        message(&self.code)
    }
}

document!(SpotRequest, "ec2.spot-request", |r| [r.instance.clone(), None, Some(r.work().into())]);
resource!(
    SpotRequest,
    "sir",
    "spot-instances-request",
    "InvalidSpotInstanceRequestID",
    "spot instance request",
    Malformed::Expecting("InvalidSpotInstanceRequestID.Malformed")
);

/// For how long a request that is over is shown. AWS says *a limited time*.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

impl SpotRequest {
    /// Still to be followed by the reconciler.
    pub const FOLLOWED: &'static str = "followed";
    /// Over, and its instance too.
    pub const OVER: &'static str = "over";

    /// What its third index holds.
    pub fn work(&self) -> &'static str {
        let is_bound = self.state == SpotState::Cancelled && self.status.code == BOUND;
        if self.state.is_live() || is_bound { Self::FOLLOWED } else { Self::OVER }
    }

    /// Lets `event` happen at `now`; tells whether it had a meaning that changed something.
    pub fn apply(&mut self, event: SpotEvent, now: Timestamp) -> bool {
        let Some((state, code)) = transition(self.state, self.kind, event) else { return false };
        if (state, code) == (self.state, self.status.code.as_str()) {
            return false;
        }
        self.state = state;
        self.status = SpotStatus { code: code.to_owned(), updated: now };
        true
    }

    /// Whether it need not be shown any more.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.work() == Self::OVER && now.duration_since(self.status.updated) >= REMEMBERED
    }
}
