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
//! Resuming a prepared guest instead of booting it fits in one place: [`qemu::Launch`] would get an incoming
//! descriptor and the identity would have to be given after the resume instead of on the command line.

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

pub use driver::{VmDriver, VmOptions};
