//! What of this host may be promised to instances.

use anyhow::{Context, Result};
use freehold_ec2::capacity::Pool;

use crate::cli;

/// Memory that is never promised: the host's own, in MiB.
const KEPT_MIB: u64 = 256;

/// The host's processors and memory times what the operator allows.
pub fn pool(options: &cli::Up) -> Result<Pool> {
    if options.oversubscribe {
        return Ok(Pool::UNLIMITED);
    }
    let cpus = std::thread::available_parallelism().context("the number of processors")?.get();
    let (total, unit) = {
        let info = rustix::system::sysinfo();
        (info.totalram as u64, u64::from(info.mem_unit.max(1)))
    };
    let memory_mib = (total * unit >> 20).saturating_sub(KEPT_MIB);
    Ok(Pool {
        cpu_millis: scaled(cpus as u64 * 1000, options.cpu_overcommit),
        memory_mib: scaled(memory_mib, options.memory_overcommit),
        cpu_overcommit_percent: scaled(100, options.cpu_overcommit),
    })
}

/// Saturates: a factor may be absurd.
fn scaled(amount: u64, factor: f64) -> u64 {
    (amount as f64 * factor) as u64
}
