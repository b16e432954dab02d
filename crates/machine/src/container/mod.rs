//! Machines as system containers, run by `runc`: the same image, disk and guest program as a virtual machine
//! has, on the host's kernel.
//!
//! ```text
//! machines/<id>/   machine.json   the specification, written first
//!                  root.img       the disk
//!                  disk/          where the disk is mounted while the machine runs: upper/ work/ console.log
//!                  config.json    what runc is told
//!                  init.pid       process id of PID 1 inside
//!                  console.tail   the end of the console, while the disk is not mounted
//! /run/freehold/roots/<data directory>/<id>/root   the image overlaid with upper/
//! ```
//! # What runs is what counts
//!
//! Nothing records that a machine runs. It runs if the process in `init.pid` is alive and in the machine's
//! control group; whoever looks after a crash sees the same. Exits are seen through a pidfd, which works for
//! processes that an earlier control plane started. Every start begins by clearing what an interrupted one
//! left, every end (asked for or not) ends with it.
//!
//! # What keeps the guest in
//!
//! Namespaces (process ids, mounts, host name, IPC, network, control groups; users where the kernel can shift
//! file owners on the image's file system), a short list of capabilities, a seccomp filter, masked and
//! read-only kernel files, limits on memory, CPU and processes, and a disk of its own.

mod bundle;
pub(crate) mod cgroup;
mod directory;
mod driver;
mod process;
mod root;
mod runc;
mod seccomp;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use directory::is_id;
pub use driver::ContainerDriver;
pub(crate) use driver::GROUPS;
