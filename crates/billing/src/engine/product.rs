//! What is used.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{InstanceType, Platform, Tenancy};

/// A region's code: `us-east-1`.
pub type Region = Arc<str>;

/// What has a price of its own, with the unit that the price is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Hours of an instance that runs On-Demand until a commitment pays for it.
    Instance(Instance),
    /// Hours of room that a Capacity Reservation keeps for an instance and that none uses. It costs what one would.
    Room(Instance),
    /// Hours of a Spot instance at the price that was in force; no commitment pays for it.
    Spot { instance: Instance, usd_per_hour: Decimal },
    /// Hours of a Dedicated Host of a family.
    Host { region: Region, family: String },
    /// Hours of a vCPU of a task.
    FargateCpu { region: Region, platform: FargatePlatform },
    /// Hours of a GB of a task.
    FargateMemory { region: Region, platform: FargatePlatform },
    /// Seconds of a GB of a function.
    LambdaDuration { region: Region, is_arm: bool },
    /// Seconds of a GB of environments that are kept warm.
    LambdaProvisioned { region: Region, is_arm: bool },
    /// Seconds of a GB of a function in such an environment.
    LambdaOnProvisioned { region: Region, is_arm: bool },
    /// Of functions. No plan has a discount for them, and yet they count against one.
    LambdaRequests { region: Region },
    /// What only ever has its list price: `AmazonEC2` and `EBS:VolumeUsage.gp3`, for example, in GB-months.
    Other { region: Region, service: Arc<str>, usage_type: Arc<str> },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instance {
    pub kind: InstanceType,
    pub region: Region,
    pub zone: Arc<str>,
    pub platform: Platform,
    pub tenancy: Tenancy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FargatePlatform {
    LinuxX86,
    LinuxArm,
    Windows,
}

impl Product {
    /// The instance that a commitment may pay for, whether it runs or room is kept for it.
    pub fn committable(&self) -> Option<&Instance> {
        match self {
            Self::Instance(instance) | Self::Room(instance) => Some(instance),
            _ => None,
        }
    }

    pub fn is_room(&self) -> bool {
        matches!(self, Self::Room(_))
    }

    pub fn region(&self) -> &Region {
        match self {
            Self::Instance(instance) | Self::Room(instance) | Self::Spot { instance, .. } => &instance.region,
            Self::Host { region, .. }
            | Self::FargateCpu { region, .. }
            | Self::FargateMemory { region, .. }
            | Self::LambdaDuration { region, .. }
            | Self::LambdaProvisioned { region, .. }
            | Self::LambdaOnProvisioned { region, .. }
            | Self::LambdaRequests { region }
            | Self::Other { region, .. } => region,
        }
    }

    /// The service's code in the price list.
    pub fn service(&self) -> &str {
        match self {
            Self::Instance(_) | Self::Room(_) | Self::Spot { .. } | Self::Host { .. } => "AmazonEC2",
            Self::FargateCpu { .. } | Self::FargateMemory { .. } => "AmazonECS",
            Self::LambdaDuration { .. }
            | Self::LambdaProvisioned { .. }
            | Self::LambdaOnProvisioned { .. }
            | Self::LambdaRequests { .. } => "AWSLambda",
            Self::Other { service, .. } => service,
        }
    }
}
