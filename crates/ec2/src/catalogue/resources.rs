//! What a type means on this host: how many processors a machine sees, how much of them it may count on, and how
//! much is set aside for it.
//!
//! - *Burstable* types may use their processors whole while others leave them idle; under contention each gets its
//!   type's baseline (*EC2 user guide, Key concepts for burstable performance instances*).
//! - *Shared* types (general purpose, memory and storage optimised) get equal shares per processor; the host promises
//!   more of them than it has.
//! - *Exclusive* types (compute optimised, HPC, accelerated, bare metal) are never promised more than there is.

use freehold_machine::Resources;

use super::{Category, InstanceType};
use freehold_machine::capacity::Share;

/// How firmly a type holds its processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenure {
    /// With the baseline of each processor in thousandths.
    Burstable(u32),
    Shared,
    Exclusive,
}

/// How much more a processor that is held alone weighs than a shared one.
const EXCLUSIVE_WEIGHT: u64 = 8;

impl InstanceType {
    pub fn tenure(&self) -> Tenure {
        if self.burstable {
            return Tenure::Burstable(baseline_millis(self));
        }
        match self.category {
            _ if self.bare_metal => Tenure::Exclusive,
            Category::GeneralPurpose | Category::MemoryOptimized | Category::StorageOptimized => Tenure::Shared,
            Category::ComputeOptimized | Category::AcceleratedComputing | Category::Hpc => Tenure::Exclusive,
        }
    }

    /// What a machine of this type is given.
    pub fn resources(&self) -> Resources {
        // 100 a processor, scaled so that the largest type fits the kernel's range of 1 to 10,000.
        let full = u64::from(self.vcpus) * 100;
        let weight = match self.tenure() {
            Tenure::Burstable(millis) => full * u64::from(millis) / 1000,
            Tenure::Shared => full,
            Tenure::Exclusive => full * EXCLUSIVE_WEIGHT,
        };
        Resources {
            vcpus: self.vcpus,
            memory_mib: self.memory_mib,
            cpu_weight: u32::try_from(weight.clamp(1, 10_000)).unwrap_or(10_000),
            cpu_limit_millis: None,
            cpuset: Vec::new(),
        }
    }

    /// What is set aside of the host for a machine of this type: its baseline where it is burstable.
    pub fn share(&self) -> Share {
        let vcpus = u64::from(self.vcpus);
        let (millis, is_exclusive) = match self.tenure() {
            Tenure::Burstable(millis) => (u64::from(millis), false),
            Tenure::Shared => (1000, false),
            Tenure::Exclusive => (1000, true),
        };
        Share { cpu_millis: vcpus * millis, memory_mib: self.memory_mib, is_exclusive }
    }
}

/// Baseline per processor (*EC2 user guide, CPU credits table*).
fn baseline_millis(kind: &InstanceType) -> u32 {
    match (kind.family(), kind.size()) {
        ("t2", "xlarge") => 225,
        ("t2", "2xlarge") => 170,
        (_, "nano") => 50,
        (_, "micro") => 100,
        (_, "small" | "medium") => 200,
        (_, "large") => 300,
        _ => 400,
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{all, find};

    #[test]
    fn a_burstable_type_counts_on_its_baseline_and_only_compute_optimised_ones_hold_processors_alone() {
        let shares: Vec<_> =
            ["t3.large", "m5.large", "c5.large"].iter().filter_map(|name| find(name)).map(|t| t.share()).collect();
        assert_eq!(shares.iter().map(|share| share.cpu_millis).collect::<Vec<_>>(), [600, 2000, 2000]);
        assert_eq!(shares.iter().map(|share| share.is_exclusive).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn every_type_has_a_weight_that_the_kernel_takes() {
        assert!(all().all(|kind| (1..=10_000).contains(&kind.resources().cpu_weight)));
    }
}
