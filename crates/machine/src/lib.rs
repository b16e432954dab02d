//! One host's hardware, delegated: machines, their images, disks and network. The only crate that touches
//! the kernel. It knows nothing of EC2: whoever uses it says what should exist, and asks what does.

pub mod capacity;
pub mod container;
pub mod disk;
pub mod driver;
pub mod guest;
pub mod image;
pub mod net;
pub mod node;
pub mod none;
pub mod probe;
mod program;
mod rest;
pub mod sandbox;
pub mod spec;
#[cfg(test)]
mod testing;
pub mod usage;
pub mod vm;

pub use driver::{Driver, DriverKind, Error, MachineEvent, MachineState, Result};
pub use spec::{Interface, MachineId, MachineSpec, Resources};
pub use usage::Usage;

/// How long ago the host was booted. No machine has run longer.
pub fn uptime() -> std::time::Duration {
    let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    std::time::Duration::try_from(since_boot).unwrap_or_default()
}
