//! What the host has, what of it is promised, and whether one more machine fits.
//!
//! A machine is promised its memory and thousandths of a processor out of a [`Pool`] that is larger than the host
//! ([`Policy`]), because most machines idle. Processors that a machine holds alone count as often as processors are
//! promised, so that nobody else is promised them. [`Cores`] goes further: what a Dedicated Host holds nobody else's
//! machine runs on. [`Room`] is held for machines to come.

mod cores;
mod ledger;

pub use cores::{Cores, Holder, list};
pub use ledger::{Full, Ledger, Place, Pool, Room, Share, WHOLE};

use crate::driver::{DriverKind, Error, Result};

/// Memory that is never promised: the host's own, in MiB.
const KEPT_MIB: u64 = 256;

/// What there is for machines.
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
        Ok(Self { cpus, memory_mib: (kib / 1024).saturating_sub(KEPT_MIB) })
    }

    /// How many CPUs a guest of a virtual machine sees: never more than the host has. More would only wait
    /// for each other; a larger type's share of the host is in its weight. A container sees its type's number
    /// in either case, for it is only a limit.
    pub fn processors_for(&self, vcpus: u32) -> u32 {
        vcpus.clamp(1, self.cpus.max(1))
    }
}

/// How many times over the host is promised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    pub cpu_overcommit: f64,
    pub memory_overcommit: f64,
}

impl Policy {
    /// A container's sizes are ceilings, and what it does not touch costs nothing. A virtual machine's memory
    /// is its own sooner or later: a guest fills it with its page cache and gives nothing back.
    pub fn of(kind: DriverKind) -> Self {
        match kind {
            DriverKind::Container => Self { cpu_overcommit: 16.0, memory_overcommit: 4.0 },
            DriverKind::Kvm | DriverKind::Tcg | DriverKind::None => {
                Self { cpu_overcommit: 4.0, memory_overcommit: 1.0 }
            }
        }
    }
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
}
