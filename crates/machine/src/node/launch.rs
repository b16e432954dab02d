//! Starts a node's program so that it outlives us and can do nothing but serve: a session of its own, its control group
//! before its first instruction, its network namespace, a user that owns nothing, and no power but that of sending in
//! its clients' names, where it needs that.

use std::fs::File;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::fs::Mode;
use rustix::process::{Gid, Resource, Rlimit, Uid};
use rustix::thread::{CapabilitySet, CapabilitySets, LinkNameSpaceType, UnshareFlags};

use super::directory::Directory;
use super::program::Program;
use crate::driver::{Error, Result};
use crate::vm::{Hierarchies, Limits};

/// A balancer with 5,000 idle connections has 10,000 open; busy ones have more.
const OPEN_FILES: u64 = 1 << 18;
/// Far more than a node needs; what it must not do is take the host with it.
const MEMORY_BYTES: u64 = 2 << 30;

/// Starts it in its namespace.
pub fn spawn(program: &Program, directory: &Directory, namespace: &Path, relays: bool) -> Result<Child> {
    program.check()?;
    let namespace = File::open(namespace).map_err(|error| Error::io("open a node's namespace", error))?;
    let cgroups = join_groups(directory)?;
    let log = directory.log()?;
    let mut command = Command::new(program.path());
    command.arg0(&program.name).args(&program.arguments).stdin(Stdio::null());
    command.stdout(log.try_clone().map_err(|error| Error::io("open a node's log", error))?).stderr(log);
    command.env_clear().env("NO_COLOR", "1");
    for name in ["FREEHOLD_LOG", "RUST_BACKTRACE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    // As root, who may go there; the program itself could not.
    command.current_dir(&directory.path);
    let confine = Confine {
        namespace: namespace.as_raw_fd(),
        cgroups: cgroups.iter().map(AsRawFd::as_raw_fd).collect(),
        user: directory.user(),
        relays,
    };
    // SAFETY: between fork and exec the closure makes system calls only, allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(move || confine.apply());
    }
    command.spawn().map_err(|error| Error::io("start a node's program", error))
}

/// Its group in each hierarchy; files to write the process into.
fn join_groups(directory: &Directory) -> Result<Vec<File>> {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let limits = Limits {
        cpu_weight: 100,
        cpu_millis: u32::try_from(cpus).unwrap_or(u32::MAX).saturating_mul(1000),
        cpus: Vec::new(),
        memory_bytes: MEMORY_BYTES,
    };
    let hierarchies = Hierarchies::detect()?;
    let mut attempts = 0;
    loop {
        match hierarchies.create(&directory.group(), &limits) {
            // Whoever removed the last machine took the group above along.
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound && attempts < 20 => {
                attempts += 1;
            }
            other => return other,
        }
    }
}

/// What the child does to itself, in numbers made before the fork.
struct Confine {
    namespace: RawFd,
    cgroups: Vec<RawFd>,
    user: u32,
    relays: bool,
}

impl Confine {
    fn apply(&self) -> std::io::Result<()> {
        rustix::process::setsid()?;
        for procs in &self.cgroups {
            rustix::io::write(borrow(*procs), b"0")?;
        }
        let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
        // Where we may not go beyond what we have ourselves, as inside of some containers, that is all there is.
        if rustix::process::setrlimit(Resource::Nofile, limit(OPEN_FILES)).is_err() {
            let own = rustix::process::getrlimit(Resource::Nofile);
            rustix::process::setrlimit(Resource::Nofile, Rlimit { current: own.maximum, ..own })?;
        }
        rustix::process::setrlimit(Resource::Core, limit(0))?;
        rustix::process::umask(Mode::from_raw_mode(0o077));
        rustix::thread::move_into_link_name_space(borrow(self.namespace), Some(LinkNameSpaceType::Network))?;
        // SAFETY: the child has one thread and shares none of what is unshared.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWIPC | UnshareFlags::NEWUTS) }?;
        self.become_nobody()?;
        rustix::thread::set_no_new_privs(true)?;
        Ok(())
    }

    fn become_nobody(&self) -> std::io::Result<()> {
        let (group, user) = (Gid::from_raw(self.user), Uid::from_raw(self.user));
        rustix::thread::set_keep_capabilities(self.relays)?;
        rustix::thread::set_thread_groups(&[])?;
        rustix::thread::set_thread_res_gid(group, group, group)?;
        rustix::thread::set_thread_res_uid(user, user, user)?;
        if self.relays {
            // All that `IP_TRANSPARENT` asks for. It reaches no other namespace: to enter one takes more.
            let power = CapabilitySet::NET_RAW;
            let sets = CapabilitySets { effective: power, permitted: power, inheritable: power };
            rustix::thread::set_capabilities(None, sets)?;
            rustix::thread::configure_capability_in_ambient_set(power, true)?;
        }
        Ok(())
    }
}

fn borrow(fd: RawFd) -> BorrowedFd<'static> {
    // SAFETY: the parent keeps these open until the child has been started.
    unsafe { BorrowedFd::borrow_raw(fd) }
}
