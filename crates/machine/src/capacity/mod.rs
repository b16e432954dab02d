//! What the host has, what of it is promised, and whether one more machine fits. Pure: the ledger follows from
//! the machines that exist and is filled from them at start.
//!
//! Two kinds of machines share a host. *Shared* ones are promised thousandths of a CPU out of a pool that is
//! larger than the host ([`Policy`]), because most machines idle. *Exclusive* ones (dedicated hosts, compute
//! optimised types) are given whole cores, which leave the pool: shared machines are then kept on the rest
//! ([`Ledger::shared_cpuset`]).

mod ledger;

pub use ledger::{Ledger, Placement};

use crate::driver::{DriverKind, Error, Result};
use crate::spec::Resources;

/// What there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    pub cpus: u32,
    pub memory_mib: u64,
}

impl Host {
    /// This host, as the kernel lets us use it.
    pub fn detect() -> Result<Self> {
        let text =
            std::fs::read_to_string("/proc/meminfo").map_err(|source| Error::io("reading /proc/meminfo", source))?;
        let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
        let kib: u64 = total
            .and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse().ok())
            .ok_or_else(|| Error::io("reading /proc/meminfo", std::io::Error::other("no MemTotal")))?;
        let cpus = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        Ok(Self { cpus, memory_mib: kib / 1024 })
    }

    /// How many CPUs a guest of a virtual machine sees: never more than the host has. More would only wait
    /// for each other; a larger type's share of the host is in its weight. A container sees its type's number
    /// in either case, for it is only a limit.
    pub fn processors_for(&self, vcpus: u32) -> u32 {
        vcpus.clamp(1, self.cpus.max(1))
    }
}

/// The weight under contention of a machine with so many CPUs, in cgroup v2's range.
pub fn cpu_weight(vcpus: u32) -> u32 {
    vcpus.saturating_mul(100).clamp(1, 10_000)
}

/// How many times over the host is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub cpu_overcommit: u32,
    pub memory_overcommit: u32,
}

impl Policy {
    /// A container's sizes are ceilings, and what it does not touch costs nothing. A virtual machine's memory
    /// is its own sooner or later: a guest fills it with its page cache and gives nothing back.
    pub fn of(kind: DriverKind) -> Self {
        match kind {
            DriverKind::Container => Self { cpu_overcommit: 64, memory_overcommit: 4 },
            DriverKind::Kvm | DriverKind::Tcg => Self { cpu_overcommit: 16, memory_overcommit: 1 },
            DriverKind::None => Self { cpu_overcommit: u32::MAX, memory_overcommit: u32::MAX },
        }
    }
}

/// What a machine asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    pub cpu: Cpu,
    pub memory_mib: u64,
}

/// How a machine holds its CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cpu {
    /// Thousandths of a CPU out of the shared pool.
    Shared { millis: u64 },
    /// Whole cores that nobody else runs on.
    Exclusive { cores: u32 },
}

impl Request {
    /// A shared machine of these resources.
    pub fn shared(resources: &Resources) -> Self {
        let millis = resources.cpu_limit_millis.map_or(u64::from(resources.vcpus) * 1000, u64::from);
        Self { cpu: Cpu::Shared { millis }, memory_mib: resources.memory_mib }
    }
}

/// Why a machine is not placed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not even on an empty host.
    #[error("this host can never hold it: {why}")]
    NeverFits { why: String },
    /// Not beside those that are there.
    #[error("there is no room now: {why}")]
    NoRoomNow { why: String },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_host_has_something() {
        let host = Host::detect().unwrap();
        assert!(host.cpus >= 1 && host.memory_mib >= 64, "{host:?}");
        assert_eq!(host.processors_for(u32::MAX), host.cpus);
        assert_eq!(host.processors_for(0), 1);
    }

    #[test]
    fn weight_grows_with_the_type_within_the_kernels_range() {
        assert_eq!(cpu_weight(0), 1);
        assert_eq!(cpu_weight(2), 200);
        assert_eq!(cpu_weight(448), 10_000);
    }
}
