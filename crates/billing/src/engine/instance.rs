//! What tells one kind of EC2 usage from another.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A type's name in two parts: `r5` and `4xlarge`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceType {
    pub family: String,
    pub size: String,
    /// Of the whole machine; what the size of a bare metal type is worth follows from it.
    pub vcpus: u32,
}

/// Families for which a regional Reserved Instance stays with its size (*EC2 user guide, How Reserved Instance discounts
/// are applied: Instance size flexibility, Limitations*).
const INFLEXIBLE: &[&str] =
    &["g4ad", "g4dn", "g5", "g5g", "g6", "g6e", "g6f", "gr6", "gr6f", "hpc7a", "inf1", "inf2", "p5", "vt1"];
/// The same by how their names begin: Mac and high memory.
const INFLEXIBLE_PREFIXES: &[&str] = &["mac", "u-", "u7"];

/// Of an `xlarge`; of a vCPU there, a quarter.
const XLARGE: u32 = 8;
const PER_VCPU: u32 = 2;

impl InstanceType {
    /// Reads `r5.4xlarge`; `None` without a dot.
    pub fn parse(name: &str, vcpus: u32) -> Option<Self> {
        let (family, size) = name.split_once('.')?;
        (!family.is_empty() && !size.is_empty()).then(|| Self {
            family: family.to_owned(),
            size: size.to_owned(),
            vcpus,
        })
    }

    /// What the size counts for beside the others of its family (*EC2 user guide, How Reserved Instance discounts are
    /// applied: the normalization factor*).
    pub fn units(&self) -> Decimal {
        let whole = match self.size.as_str() {
            "nano" => return Decimal::new(25, 2),
            "micro" => return Decimal::new(5, 1),
            "small" => 1,
            "medium" => 2,
            "large" => 4,
            "xlarge" => XLARGE,
            // It stands for 16xlarge though it shows more vCPUs.
            "metal" if self.family == "i3" => 16 * XLARGE,
            size => match size.strip_suffix("xlarge").and_then(|times| times.parse::<u32>().ok()) {
                Some(times) => times.saturating_mul(XLARGE),
                None => self.vcpus.saturating_mul(PER_VCPU),
            },
        };
        Decimal::from(whole)
    }

    pub fn has_flexible_sizes(&self) -> bool {
        let is_named = INFLEXIBLE.contains(&self.family.as_str());
        !is_named && !INFLEXIBLE_PREFIXES.iter().any(|prefix| self.family.starts_with(prefix))
    }
}

impl fmt::Display for InstanceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.family, self.size)
    }
}

/// The operating system as the price list knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    Linux,
    /// `Windows`, `Red Hat Enterprise Linux`, `SUSE Linux`, and those with databases: the product description.
    Other(String),
}

impl Platform {
    /// By the product description, as Reserved Instances have it.
    pub fn parse(description: &str) -> Self {
        match description {
            "Linux/UNIX" | "Linux/UNIX (Amazon VPC)" => Self::Linux,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linux => f.write_str("Linux/UNIX"),
            Self::Other(description) => f.write_str(description),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tenancy {
    Shared,
    Dedicated,
    /// On a Dedicated Host, which is what is paid for.
    Host,
}
