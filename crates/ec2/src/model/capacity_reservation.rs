//! On-Demand Capacity Reservations. What they hold is a [`super::HeldRoom`] with the same id, as long as they are active.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::{Malformed, document, resource};
use super::{HeldRoom, Tags, Tenancy};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityReservation {
    /// `cr-…`
    pub id: String,
    pub account: String,
    pub instance_type: String,
    pub platform: String,
    pub zone: String,
    pub zone_id: String,
    pub tenancy: Tenancy,
    pub count: u32,
    pub ebs_optimized: bool,
    pub criteria: MatchCriteria,
    /// `None`: it ends when it is cancelled.
    pub end: Option<Timestamp>,
    pub created: Timestamp,
    pub state: ReservationState,
    pub tags: Tags,
}

document!(CapacityReservation, "ec2.capacity-reservation", |r| [Some(r.state.name().into()), None, None]);
resource!(
    CapacityReservation,
    "cr",
    "capacity-reservation",
    "InvalidCapacityReservationId",
    "Capacity Reservation",
    Malformed::Plain("InvalidCapacityReservationId.Malformed")
);

impl CapacityReservation {
    /// What it holds from now on, with nobody in it yet.
    pub fn room(&self, now: Timestamp) -> HeldRoom {
        HeldRoom {
            id: self.id.clone(),
            account: self.account.clone(),
            instance_type: self.instance_type.clone(),
            zone: self.zone.clone(),
            platform: self.platform.clone(),
            tenancy: self.tenancy,
            count: self.count,
            used: 0,
            is_open: self.criteria == MatchCriteria::Open,
            is_metered: true,
            since: now,
        }
    }
}

/// Which instances use it (*API reference, CapacityReservation: InstanceMatchCriteria*).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchCriteria {
    /// Those that fit.
    #[default]
    Open,
    /// Those that name it.
    Targeted,
}

impl MatchCriteria {
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Targeted => "targeted",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Targeted].into_iter().find(|criteria| criteria.name() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReservationState {
    Active,
    Expired,
    Cancelled,
}

impl ReservationState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What an instance wants of reservations, and which it uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReservationTerms {
    pub wish: ReservationWish,
    /// The id of the room that it is in, while it holds any.
    pub used: Option<String>,
}

/// `CapacityReservationSpecification`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReservationWish {
    /// Any open one that fits, or none.
    #[default]
    Open,
    /// Never one.
    None,
    /// An open one that fits, and nothing else.
    Only,
    /// This one, and nothing else.
    Target(String),
}
