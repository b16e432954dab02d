//! What of this host may be promised to instances.

use anyhow::Result;
use freehold_machine::DriverKind;
use freehold_machine::capacity::{Host, Policy, Pool};

use crate::cli;

/// The host, and how many times over it is promised: as the operator says, else as suits what machines are made of.
pub fn of(options: &cli::Up, kind: DriverKind) -> Result<(Host, Policy)> {
    let usual = Policy::of(kind);
    let policy = Policy {
        cpu_overcommit: options.cpu_overcommit.unwrap_or(usual.cpu_overcommit),
        memory_overcommit: options.memory_overcommit.unwrap_or(usual.memory_overcommit),
    };
    Ok((Host::detect()?, policy))
}

/// What may be promised in all.
pub fn pool(options: &cli::Up, kind: DriverKind) -> Result<Pool> {
    // Machines that exist in state only take no room, unless somebody wants to see what happens without.
    let is_limited = options.cpu_overcommit.is_some() || options.memory_overcommit.is_some();
    if options.oversubscribe || (kind == DriverKind::None && !is_limited) {
        return Ok(Pool::UNLIMITED);
    }
    let (host, policy) = of(options, kind)?;
    Ok(Pool::of(host, policy))
}

/// In words, for `status` and `doctor`.
pub fn explained(kind: DriverKind, host: Host, policy: Policy) -> String {
    let Policy { cpu_overcommit, memory_overcommit } = policy;
    let why = match kind {
        DriverKind::Container => "a container's size is a ceiling: what it does not use is there for others",
        DriverKind::Kvm | DriverKind::Tcg => "a virtual machine comes to keep all of its memory",
        DriverKind::None => return "nothing runs, so nothing is counted".into(),
    };
    let Host { cpus, memory_mib } = host;
    format!("{cpus} processors promised {cpu_overcommit} times, {memory_mib} MiB {memory_overcommit} times; {why}")
}
