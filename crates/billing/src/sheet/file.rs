//! The file of prices.

use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub date: String,
    #[serde(default)]
    pub platform: Vec<Surcharge>,
    pub dedicated: Dedicated,
    pub fargate: Fargate,
    pub lambda: Lambda,
    #[serde(default)]
    pub rate: Vec<Rate>,
    #[serde(default)]
    pub discount: Vec<Discount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surcharge {
    /// The product description: `Windows`.
    pub description: String,
    pub usd_per_vcpu_hour: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dedicated {
    pub instance_factor: Decimal,
    pub region_usd_per_hour: Decimal,
    pub host_factor: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fargate {
    pub linux_x86: Task,
    pub linux_arm: Task,
    pub windows: Task,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub usd_per_vcpu_hour: Decimal,
    pub usd_per_gb_hour: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lambda {
    pub usd_per_request: Decimal,
    pub x86: Function,
    pub arm: Function,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    pub usd_per_gb_second: Decimal,
    pub provisioned_usd_per_gb_second: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub service: String,
    pub usage_type: String,
    pub unit: String,
    pub usd: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// Plans and classes of reservations: `EC2Instance`, `Compute`, `standard`, `convertible`; `Fargate` and `Lambda` are
    /// what Compute plans take off those.
    pub of: Vec<String>,
    /// Patterns with `*` at their end.
    pub families: Vec<String>,
    /// Percent with no, partial and all upfront.
    pub one_year: [Decimal; 3],
    pub three_years: [Decimal; 3],
}
