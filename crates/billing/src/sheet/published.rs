//! Prices of single types, found by what they are of.

use std::collections::HashMap;

use super::file::{File, HostPrices, InstancePrices, UsagePrices};
use crate::engine::Tenancy;

/// Places in the file. Of two entries for the same the later one counts.
#[derive(Default)]
pub struct Published {
    /// By type, product description and tenancy.
    instances: HashMap<(String, String, Tenancy), usize>,
    hosts: HashMap<String, usize>,
    plans: HashMap<String, usize>,
}

impl Published {
    pub fn of(file: &File) -> Self {
        let instances = file.instance.iter().map(|one| (one.kind.clone(), one.description.clone(), one.tenancy));
        Self {
            instances: instances.zip(0..).collect(),
            hosts: file.host.iter().map(|one| one.family.clone()).zip(0..).collect(),
            plans: file.plan.iter().map(|one| one.usage_type.clone()).zip(0..).collect(),
        }
    }

    pub fn instance<'a>(
        &self,
        file: &'a File,
        kind: &str,
        description: &str,
        tenancy: Tenancy,
    ) -> Option<&'a InstancePrices> {
        let place = self.instances.get(&(kind.to_owned(), description.to_owned(), tenancy))?;
        file.instance.get(*place)
    }

    pub fn host<'a>(&self, file: &'a File, family: &str) -> Option<&'a HostPrices> {
        file.host.get(*self.hosts.get(family)?)
    }

    pub fn plan<'a>(&self, file: &'a File, usage_type: &str) -> Option<&'a UsagePrices> {
        file.plan.get(*self.plans.get(usage_type)?)
    }
}
