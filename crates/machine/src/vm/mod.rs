//! Virtual machines: one QEMU process per machine, in its own session, cgroup and network namespace, under a
//! user id of its own. QEMU outlives whoever started it; everything needed to find it again is in the
//! machine's directory.
//!
//! | file in `machines/<id>/` | what it is |
//! | --- | --- |
//! | `machine.json` | the [`crate::MachineSpec`], written first |
//! | `root.img` | the writable disk, sparse ext4 with `upper/` and `work/` |
//! | `vm.lock` | locked by QEMU itself for as long as it lives; holds its process id |
//! | `qmp.sock` | QEMU's control socket |
//! | `console.log` | the serial console, its old part cut off now and then |
//! | `qemu.log` | what QEMU had to complain about |
//! | `wish` | that it shall power off or reboot, until it has |
//!
//! # How a machine boots
//!
//! The kernel is Debian's cloud kernel, unpacked and never installed ([`boot::kernel`]). The initial RAM disk
//! holds a handful of its modules and `freehold-guest` under the name `/initramfs` ([`boot::ramdisk`]). That
//! mounts the image (disk serial `image`, erofs) and the machine's own disk (serial `root`) as one overlay and
//! becomes `/.freehold/init` there, which configures itself from the kernel's command line as
//! `freehold-guest` documents. The power button is ACPI's; powering off inside ends QEMU, rebooting inside
//! does not.
//!
//! # The state of a machine
//!
//! ```text
//!            create            start                    power off, kill, crash
//!  Absent ───────────▶ Stopped ──────▶ Running ─────────────────────────────▶ Stopped (Exited event)
//!                         │               │  ▲
//!                         │               └──┘ reboot: button, then reset when the guest is down or slow
//!                         └── destroy ──▶ Absent
//! ```
//!
//! *Running* is never a matter of record: it means that `vm.lock` is held, which the kernel ends with the
//! process.
//!
//! # What is prepared and not done: resuming instead of booting
//!
//! A guest of 256 MiB that was stopped before it touched a device, saved to a file of 64 MiB and loaded with
//! `-incoming fd:N` ran again after 0.4 s where booting took 3 to 7 (QEMU 7.2, TCG, a busy host); the sandbox
//! allows it. The pieces would be: a stage of the initial RAM disk that stops short of loading device drivers
//! and waits for the power button; a third disk with the command line, a random seed and the time, because
//! those of the saved guest are everybody's; a state file per number of CPUs, memory size and number of
//! interfaces; one more descriptor in [`qemu::Inherited`]; and in `start.rs`, after QEMU answers, `cont` and the
//! button, or a plain boot if that fails.

mod blocks;
pub mod boot;
pub mod cgroup;
mod console;
mod directory;
mod driver;
pub(crate) mod launch;
mod media;
mod power;
pub mod qemu;
pub mod qmp;
mod shared;
mod start;
#[cfg(test)]
mod tests;
mod watch;
mod wish;

pub(crate) use cgroup::{Hierarchies, Limits};
pub use driver::{VmDriver, VmOptions};
pub(crate) use launch::user_of;
pub(crate) use watch::ended as process_ended;
