//! The catalogue as bills know it.

use freehold_billing::sheet::{InstanceTypes, TypeFacts};

use super::InstanceType;

/// EC2's instance types, with their On-Demand prices.
pub struct Priced;

impl InstanceTypes for Priced {
    fn find(&self, name: &str) -> Option<TypeFacts> {
        let InstanceType { vcpus, on_demand_usd_per_hour, .. } = super::find(name)?;
        Some(TypeFacts { vcpus, on_demand: on_demand_usd_per_hour.and_then(|usd| usd.parse().ok()) })
    }

    fn names(&self) -> Vec<String> {
        super::all().map(|kind| kind.name.to_owned()).collect()
    }
}
