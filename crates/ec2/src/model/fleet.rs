//! Fleets: so much capacity, of whatever comes of several pools. EC2 Fleets and Spot Fleet requests are told apart only by how
//! they are asked for and shown.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::resource::document;
use super::{InterruptionBehavior, LaunchParameters, Tags};

/// Which API it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FleetApi {
    /// CreateFleet: `fleet-…`
    Ec2,
    /// RequestSpotFleet: `sfr-…`
    Spot,
}

/// What becomes of it after its first launches (*EC2 user guide, EC2 Fleet and Spot Fleet request types*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FleetKind {
    /// Launched at once, in the answer.
    Instant,
    /// Launched once.
    Request,
    /// What goes is replaced.
    Maintain,
}

impl FleetKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Request => "request",
            Self::Maintain => "maintain",
        }
    }
}

/// States of a fleet; the two APIs name some of them differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FleetState {
    Submitted,
    Active,
    /// Active, and not yet what it was last asked to be.
    Modifying,
    /// Launches nothing any more; its instances go on.
    DeletedRunning,
    DeletedTerminating,
    Deleted,
}

impl FleetState {
    pub fn is_live(self) -> bool {
        matches!(self, Self::Submitted | Self::Active | Self::Modifying)
    }

    pub fn name(self, api: FleetApi) -> &'static str {
        match (self, api) {
            (Self::Submitted, _) => "submitted",
            (Self::Active, _) => "active",
            (Self::Modifying, _) => "modifying",
            (Self::DeletedRunning, FleetApi::Ec2) => "deleted_running",
            (Self::DeletedTerminating, FleetApi::Ec2) => "deleted_terminating",
            (Self::Deleted, FleetApi::Ec2) => "deleted",
            (Self::DeletedRunning, FleetApi::Spot) => "cancelled_running",
            (Self::DeletedTerminating, FleetApi::Spot) => "cancelled_terminating",
            (Self::Deleted, FleetApi::Spot) => "cancelled",
        }
    }
}

/// How an instance of a fleet is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FleetMarket {
    OnDemand,
    Spot,
}

impl FleetMarket {
    pub const ALL: [Self; 2] = [Self::OnDemand, Self::Spot];

    pub fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Spot => "spot",
        }
    }
}

/// Capacity in units: instances where nothing is said of weights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetTarget {
    pub total: u32,
    pub on_demand: u32,
    pub spot: u32,
    /// How what is left of the total is bought; shown as it was said.
    pub default: Option<FleetMarket>,
    pub unit: Option<String>,
}

impl FleetTarget {
    pub fn of(&self, market: FleetMarket) -> u32 {
        match market {
            FleetMarket::OnDemand => self.on_demand,
            FleetMarket::Spot => self.spot,
        }
    }
}

/// From which pools instances come (*EC2 user guide, Allocation strategies for Spot Instances*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    LowestPrice,
    Diversified,
    CapacityOptimized,
    CapacityOptimizedPrioritized,
    PriceCapacityOptimized,
    /// Only for On-Demand.
    Prioritized,
}

impl Strategy {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::LowestPrice, "lowestPrice", "lowest-price"),
        (Self::Diversified, "diversified", "diversified"),
        (Self::CapacityOptimized, "capacityOptimized", "capacity-optimized"),
        (Self::CapacityOptimizedPrioritized, "capacityOptimizedPrioritized", "capacity-optimized-prioritized"),
        (Self::PriceCapacityOptimized, "priceCapacityOptimized", "price-capacity-optimized"),
        (Self::Prioritized, "prioritized", "prioritized"),
    ];

    /// As answers name it; EC2 shows the names of Spot Fleet for both kinds of fleets.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("", |(_, name, _)| name)
    }

    /// Requests may write it either way.
    pub fn parse(said: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, camel, kebab)| said == *camel || said == *kebab).map(|(one, ..)| *one)
    }
}

/// What is said of one of the two ways of buying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketOptions {
    pub strategy: Strategy,
    /// Over how many of the cheapest pools Spot is spread.
    pub pools: u32,
    pub single_type: bool,
    pub single_zone: bool,
    /// Less than this is nothing.
    pub min: Option<u32>,
    /// Dollars an hour for all together.
    pub max_total_price: Option<String>,
}

impl MarketOptions {
    pub fn new(strategy: Strategy) -> Self {
        Self { strategy, pools: 1, single_type: false, single_zone: false, min: None, max_total_price: None }
    }
}

/// What is done about instances that are at a risk of interruption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebalance {
    /// Seconds after which those that were replaced are terminated; `None` leaves them to their owner.
    pub terminates_after: Option<u32>,
}

/// One of a fleet's templates or specifications, and what is different from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FleetConfig {
    pub source: FleetSource,
    /// As it is without any.
    pub overrides: Vec<FleetOverride>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FleetSource {
    Template {
        id: Option<String>,
        name: Option<String>,
        version: Option<String>,
    },
    /// Only in Spot Fleet requests.
    Specification(Box<LaunchParameters>),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FleetOverride {
    pub instance_type: Option<String>,
    /// Dollars an hour, as they were written.
    pub max_price: Option<String>,
    /// Several with commas between.
    pub subnet: Option<String>,
    /// Several with commas between.
    pub zone: Option<String>,
    pub weight: Option<f64>,
    /// The lowest number is tried first.
    pub priority: Option<f64>,
    pub image: Option<String>,
}

/// Why an instance could not be launched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FleetFault {
    pub from: LaunchedFrom,
    pub market: FleetMarket,
    pub code: String,
    pub message: String,
}

/// What a launch was to come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaunchedFrom {
    pub source: FleetSource,
    pub choice: FleetOverride,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    /// `fleet-` or `sfr-`, and a UUID.
    pub id: String,
    pub account: String,
    pub api: FleetApi,
    pub kind: FleetKind,
    pub created: Timestamp,
    pub client_token: Option<String>,
    pub state: FleetState,
    pub target: FleetTarget,
    /// Whether what is more than the target is terminated.
    pub ends_excess: bool,
    pub terminates_with_expiration: bool,
    pub replaces_unhealthy: bool,
    pub valid_from: Option<Timestamp>,
    pub valid_until: Option<Timestamp>,
    pub behavior: InterruptionBehavior,
    pub spot: MarketOptions,
    pub on_demand: MarketOptions,
    pub rebalance: Option<Rebalance>,
    /// The most that is paid for a unit of Spot where no override says it.
    pub max_price: Option<String>,
    pub configs: Vec<FleetConfig>,
    /// Of Spot Fleet requests.
    pub role: Option<String>,
    pub tags: Tags,
    /// Of the instances that it launches.
    pub instance_tags: Tags,
    /// Of an instant fleet's launch.
    pub faults: Vec<FleetFault>,
    /// By market and pool: not tried before that moment.
    pub avoided: BTreeMap<String, Timestamp>,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// How many records of it there were.
    pub records: u64,
}

document!(Fleet, "ec2.fleet");

/// For how long a fleet that is over is shown, and what happened to one (*API reference, DescribeFleetHistory*).
pub const FLEET_REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

impl Fleet {
    pub fn options(&self, market: FleetMarket) -> &MarketOptions {
        match market {
            FleetMarket::OnDemand => &self.on_demand,
            FleetMarket::Spot => &self.spot,
        }
    }

    /// The key by which instances show whose they are.
    pub fn mark(&self) -> &'static str {
        match self.api {
            FleetApi::Ec2 => "aws:ec2:fleet-id",
            FleetApi::Spot => "aws:ec2spot:fleet-request-id",
        }
    }

    pub fn prefix(api: FleetApi) -> &'static str {
        match api {
            FleetApi::Ec2 => "fleet",
            FleetApi::Spot => "sfr",
        }
    }

    /// As tag specifications and DescribeTags name it.
    pub fn resource_type(api: FleetApi) -> &'static str {
        match api {
            FleetApi::Ec2 => "fleet",
            FleetApi::Spot => "spot-fleet-request",
        }
    }
}

/// An instance that a fleet launched; a row of its own, so that a fleet's row does not grow with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FleetMember {
    /// The instance's.
    pub id: String,
    pub account: String,
    pub fleet: String,
    pub market: FleetMarket,
    /// Thousandths of a unit.
    pub weight: u64,
    /// Its pool: the type, and the subnet or zone.
    pub pool: String,
    pub instance_type: String,
    pub launched: Timestamp,
    pub from: LaunchedFrom,
    /// Whether it is known to be no more.
    pub gone: bool,
    /// Whether it was recorded that it goes.
    pub warned: bool,
}

document!(FleetMember, "ec2.fleet-member", |m| [Some(m.fleet.clone()), None, None]);

/// Something that happened to a fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetRecord {
    /// Sorts by its number in the fleet.
    pub id: String,
    pub account: String,
    pub fleet: String,
    pub at: Timestamp,
    pub kind: RecordKind,
    /// `launched`, `active`, …
    pub sub_type: String,
    pub description: Option<String>,
    pub instance: Option<String>,
}

document!(FleetRecord, "ec2.fleet-record", |r| [Some(r.fleet.clone()), None, None]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    Fleet,
    Instance,
    Error,
}

impl RecordKind {
    pub const ALL: [Self; 3] = [Self::Fleet, Self::Instance, Self::Error];

    pub fn name(self, api: FleetApi) -> &'static str {
        match (self, api) {
            (Self::Fleet, FleetApi::Ec2) => "fleet-change",
            (Self::Instance, FleetApi::Ec2) => "instance-change",
            (Self::Error, FleetApi::Ec2) => "service-error",
            (Self::Fleet, FleetApi::Spot) => "fleetRequestChange",
            (Self::Instance, FleetApi::Spot) => "instanceChange",
            (Self::Error, FleetApi::Spot) => "error",
        }
    }
}
