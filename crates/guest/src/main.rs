//! `freehold-guest`: PID 1 of Freehold's own machines, in containers and virtual machines alike.
//!
//! One static program with several names, told apart by `argv[0]` (as busybox does):
//!
//! | name | what it does |
//! | --- | --- |
//! | `init` (or any name, as PID 1) | starts the worker, reaps orphans, obeys power signals: [`init`] |
//! | `initramfs` | first program of a virtual machine, mounts the root and becomes `init`: [`initramfs`] |
//! | `worker` | brings the machine up once, then keeps its SSH server alive: [`worker`] |
//! | `poweroff`, `halt`, `shutdown`, `reboot` | ask PID 1: [`power`] |
//! | `free` | shows memory as the machine's own `/proc/meminfo` has it: [`memory`] |
//!
//! # Contract with whoever starts a machine
//!
//! - The root file system is mounted, writable and whole; the program runs as PID 1 from `/.freehold/init`,
//!   where it must stay (a reboot executes it again, and `/sbin/poweroff` and friends are links to it).
//! - Standard output is the console. Standard input may be closed.
//! - *Container*: the environment has `FREEHOLD=container`; `/proc`, `/sys`, `/dev`, host name and network are
//!   ready. Powering off is PID 1 leaving with status 0; rebooting happens in place and cannot be seen outside.
//! - *Virtual machine*: anything else. Whatever of `/proc`, `/sys`, `/dev`, `/dev/pts`, `/dev/shm`, `/run` and
//!   `/tmp` is not mounted yet is mounted here. Identity comes from the kernel's command line, without quotes:
//!   `freehold.hostname=ip-172-31-0-5` and
//!   `freehold.net=<mac>,<address>/<prefix>,<gateway>,<mtu>[;<mac>,…]`, in device order. The interface with that
//!   Ethernet address becomes `eth0`, `eth1`, …; the first carries the default route. Powering off is
//!   `reboot(2)`. The ACPI power button (an input event) is obeyed where `/dev/input/event*` exists.
//! - Signals to PID 1: `SIGPWR`, `SIGUSR1`, `SIGUSR2` power off; `SIGINT`, `SIGTERM` reboot (busybox's and the
//!   kernel's conventions). Everything inside gets `SIGTERM`, three seconds, then `SIGKILL`.
//! - The metadata service at 169.254.169.254 gives keys and user data, the resolver is 169.254.169.253. A
//!   machine whose metadata does not answer within two seconds starts without, and says so.
//!
//! What is done once per instance leaves a file in `/var/lib/freehold/<instance-id>/`.

mod console;
mod identity;
mod init;
mod initramfs;
mod keys;
mod memory;
mod metadata;
mod mounts;
mod network;
mod power;
mod ssh;
mod userdata;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    let name = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&name).file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    match name.as_str() {
        "poweroff" | "halt" | "shutdown" | "reboot" => power::ask(&name),
        "free" => memory::print_free(),
        "worker" => worker::run(),
        "initramfs" => initramfs::run(),
        _ if std::process::id() == 1 => init::run(),
        _ => {
            eprintln!("freehold-guest: meant to run as PID 1, or as poweroff, halt, shutdown, reboot or free");
            ExitCode::from(2)
        }
    }
}
