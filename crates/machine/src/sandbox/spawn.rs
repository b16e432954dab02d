//! Starts a program inside of a sandbox, as a user who may do nothing.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::fs::Mode;
use rustix::io::FdFlags;
use rustix::process::{Gid, Resource, Rlimit, Uid};
use seccompiler::BpfProgram;

use super::seccomp;
use super::wire::Start;

/// *Developer Guide, Lambda quotas*: file descriptors, and processes and threads.
const OPEN_FILES: u64 = 1024;
const PROCESSES: u64 = 1024;

pub struct Spawner {
    user: u32,
    filters: [BpfProgram; 2],
}

impl Spawner {
    pub fn new(user: u32) -> Result<Self, String> {
        let filters = seccomp::filters().map_err(|error| format!("seccomp: {error}"))?;
        Ok(Self { user, filters })
    }

    /// The descriptors are its output, and another one if it is to have it.
    pub fn start(&self, start: Start, descriptors: Vec<OwnedFd>) -> std::io::Result<Child> {
        let mut descriptors = descriptors.into_iter();
        let output = File::from(descriptors.next().ok_or(std::io::ErrorKind::InvalidInput)?);
        let other = descriptors.next();
        let mut command = Command::new(&start.program);
        command.args(&start.arguments).env_clear().envs(start.environment).current_dir(&start.directory);
        if let (Some(other), Some(name)) = (&other, &start.descriptor_variable) {
            command.env(name, other.as_raw_fd().to_string());
        }
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let (user, filters, kept) = (self.user, self.filters.clone(), other.as_ref().map(AsRawFd::as_raw_fd));
        // SAFETY: between fork and exec the closure makes system calls only, allocates nothing and takes no lock.
        unsafe {
            command.pre_exec(move || {
                if let Some(kept) = kept {
                    // SAFETY: `other` is open until the child has been started.
                    rustix::io::fcntl_setfd(BorrowedFd::borrow_raw(kept), FdFlags::empty())?;
                }
                confine(user, &filters)
            });
        }
        let child = command.spawn();
        drop(other);
        child
    }
}

fn confine(user: u32, filters: &[BpfProgram]) -> std::io::Result<()> {
    rustix::process::setsid()?;
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    rustix::process::setrlimit(Resource::Nofile, limit(OPEN_FILES))?;
    rustix::process::setrlimit(Resource::Nproc, limit(PROCESSES))?;
    rustix::process::setrlimit(Resource::Core, limit(0))?;
    rustix::process::umask(Mode::from_raw_mode(0o022));
    let (group, user) = (Gid::from_raw(user), Uid::from_raw(user));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(group, group, group)?;
    // With this the capabilities are gone as well.
    rustix::thread::set_thread_res_uid(user, user, user)?;
    rustix::thread::set_no_new_privs(true)?;
    for filter in filters {
        seccompiler::apply_filter(filter).map_err(|_| std::io::Error::from(rustix::io::Errno::PERM))?;
    }
    Ok(())
}

/// Gives a pipe to the sandbox's user, who may then open it by the name that `/dev/stdout` leads to.
pub fn hand_over(pipe: impl AsFd, user: u32) -> std::io::Result<()> {
    Ok(rustix::fs::fchown(pipe, Some(Uid::from_raw(user)), Some(Gid::from_raw(user)))?)
}
