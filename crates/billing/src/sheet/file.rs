//! The file of prices.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::engine::Tenancy;
use crate::offers::{Class, Payment, PlanFamily, Term};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub date: String,
    /// Price lists of AWS's that were taken over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<Source>,
    #[serde(default)]
    pub platform: Vec<Surcharge>,
    pub dedicated: Dedicated,
    pub fargate: Fargate,
    pub lambda: Lambda,
    #[serde(default)]
    pub rate: Vec<Rate>,
    #[serde(default)]
    pub discount: Vec<Discount>,
    /// Prices of single types, which go before all that is said of many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance: Vec<InstancePrices>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub host: Vec<HostPrices>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<UsagePrices>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surcharge {
    /// The product description: `Windows`.
    pub description: String,
    pub usd_per_vcpu_hour: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dedicated {
    pub instance_factor: Decimal,
    pub region_usd_per_hour: Decimal,
    pub host_factor: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fargate {
    pub linux_x86: Task,
    pub linux_arm: Task,
    pub windows: Task,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub usd_per_vcpu_hour: Decimal,
    pub usd_per_gb_hour: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lambda {
    pub usd_per_request: Decimal,
    pub x86: Function,
    pub arm: Function,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    pub usd_per_gb_second: Decimal,
    pub provisioned_usd_per_gb_second: Decimal,
    /// Of what runs in environments that are paid for as provisioned ones.
    pub duration_on_provisioned_usd_per_gb_second: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub service: String,
    pub usage_type: String,
    pub unit: String,
    pub usd: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `AmazonEC2`
    pub offer: String,
    /// `2025-09-12`
    pub published: String,
}

/// What is known of one type, system and tenancy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstancePrices {
    /// `m5.large`
    #[serde(rename = "type")]
    pub kind: String,
    /// The product description: `Linux/UNIX`.
    pub description: String,
    pub tenancy: Tenancy,
    /// USD an hour On-Demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<Decimal>,
    #[serde(flatten)]
    pub plans: PlanPrices,
    #[serde(default, skip_serializing_if = "ByTerm::is_empty")]
    pub standard: ByTerm<ReservedPrice>,
    #[serde(default, skip_serializing_if = "ByTerm::is_empty")]
    pub convertible: ByTerm<ReservedPrice>,
}

/// Dedicated Hosts of a family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostPrices {
    /// `m5`
    pub family: String,
    /// USD an hour On-Demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<Decimal>,
    #[serde(flatten)]
    pub plans: PlanPrices,
}

/// What Compute plans make of other usage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsagePrices {
    /// `Fargate-GB-Hours`
    pub usage_type: String,
    /// USD for a unit.
    pub compute: ByTerm<Decimal>,
}

/// USD an hour with a plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanPrices {
    /// With an EC2 Instance Savings Plan.
    #[serde(default, skip_serializing_if = "ByTerm::is_empty")]
    pub ec2_instance: ByTerm<Decimal>,
    /// With a Compute Savings Plan.
    #[serde(default, skip_serializing_if = "ByTerm::is_empty")]
    pub compute: ByTerm<Decimal>,
}

/// Of a Reserved Instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReservedPrice {
    /// USD at once.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    pub upfront: Decimal,
    /// USD an hour.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    pub hourly: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
pub struct ByTerm<T> {
    #[serde(default, skip_serializing_if = "ByPayment::is_empty")]
    pub one_year: ByPayment<T>,
    #[serde(default, skip_serializing_if = "ByPayment::is_empty")]
    pub three_years: ByPayment<T>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
pub struct ByPayment<T> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_upfront: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_upfront: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_upfront: Option<T>,
}

impl<T> Default for ByTerm<T> {
    fn default() -> Self {
        Self { one_year: ByPayment::default(), three_years: ByPayment::default() }
    }
}

impl<T> Default for ByPayment<T> {
    fn default() -> Self {
        Self { no_upfront: None, partial_upfront: None, all_upfront: None }
    }
}

impl<T> ByPayment<T> {
    fn count(&self) -> usize {
        [&self.no_upfront, &self.partial_upfront, &self.all_upfront].into_iter().flatten().count()
    }

    fn put(&mut self, other: Self) {
        let Self { no_upfront, partial_upfront, all_upfront } = other;
        self.no_upfront = no_upfront.or(self.no_upfront.take());
        self.partial_upfront = partial_upfront.or(self.partial_upfront.take());
        self.all_upfront = all_upfront.or(self.all_upfront.take());
    }

    fn is_empty(&self) -> bool {
        self.no_upfront.is_none() && self.partial_upfront.is_none() && self.all_upfront.is_none()
    }
}

impl<T> ByTerm<T> {
    fn is_empty(&self) -> bool {
        self.one_year.is_empty() && self.three_years.is_empty()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.one_year.count() + self.three_years.count()
    }

    /// Takes over what another says.
    pub fn put(&mut self, other: Self) {
        self.one_year.put(other.one_year);
        self.three_years.put(other.three_years);
    }

    pub fn get(&self, term: Term, payment: Payment) -> Option<&T> {
        let of_term = if term == Term::OneYear { &self.one_year } else { &self.three_years };
        match payment {
            Payment::NoUpfront => of_term.no_upfront.as_ref(),
            Payment::PartialUpfront => of_term.partial_upfront.as_ref(),
            Payment::AllUpfront => of_term.all_upfront.as_ref(),
        }
    }

    pub fn place(&mut self, term: Term, payment: Payment) -> &mut Option<T> {
        let of_term = if term == Term::OneYear { &mut self.one_year } else { &mut self.three_years };
        match payment {
            Payment::NoUpfront => &mut of_term.no_upfront,
            Payment::PartialUpfront => &mut of_term.partial_upfront,
            Payment::AllUpfront => &mut of_term.all_upfront,
        }
    }
}

impl PlanPrices {
    pub fn of(&self, family: &PlanFamily) -> &ByTerm<Decimal> {
        if *family == PlanFamily::Compute { &self.compute } else { &self.ec2_instance }
    }
}

impl InstancePrices {
    pub fn reserved(&self, class: Class) -> &ByTerm<ReservedPrice> {
        if class == Class::Standard { &self.standard } else { &self.convertible }
    }
}
