//! Starts a program inside of a sandbox, as a user who may do nothing.

use std::ffi::{CString, c_char};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
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
        let mut variables = start.environment;
        if let (Some(other), Some(name)) = (&other, start.descriptor_variable) {
            variables.push((name, other.as_raw_fd().to_string()));
        }
        let program = Program::new(&start.program, &start.arguments, &variables)?;
        let mut command = Command::new(&start.program);
        command.current_dir(&start.directory);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let (user, filters, kept) = (self.user, self.filters.clone(), other.as_ref().map(AsRawFd::as_raw_fd));
        // SAFETY: between fork and exec the closure makes system calls only, allocates nothing and takes no lock.
        unsafe {
            command.pre_exec(move || {
                if let Some(kept) = kept {
                    // SAFETY: `other` is open until the child has been started.
                    rustix::io::fcntl_setfd(BorrowedFd::borrow_raw(kept), FdFlags::empty())?;
                }
                confine(user, &filters)?;
                Err(program.exec())
            });
        }
        let child = command.spawn();
        drop(other);
        child
    }
}

/// A program to become. [`Command`] would hand what the kernel cannot run to a shell, as `execvp` does; here that is an
/// error.
struct Program {
    path: CString,
    /// What the pointers lead to, which are never null but at the ends of their lists.
    _texts: Vec<CString>,
    arguments: Vec<*const c_char>,
    variables: Vec<*const c_char>,
}

// SAFETY: nothing is changed after it is made, and what the pointers lead to is its own and does not move.
unsafe impl Send for Program {}
// SAFETY: the same.
unsafe impl Sync for Program {}

impl Program {
    fn new(path: &Path, arguments: &[String], variables: &[(String, String)]) -> std::io::Result<Self> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        let mut texts = Vec::new();
        let mut list = |text: String| -> std::io::Result<*const c_char> {
            texts.push(CString::new(text)?);
            Ok(texts[texts.len() - 1].as_ptr())
        };
        let mut argv = vec![path.as_ptr()];
        for argument in arguments {
            argv.push(list(argument.clone())?);
        }
        let mut envp = Vec::new();
        for (name, value) in variables {
            envp.push(list(format!("{name}={value}"))?);
        }
        argv.push(std::ptr::null());
        envp.push(std::ptr::null());
        Ok(Self { path, _texts: texts, arguments: argv, variables: envp })
    }

    /// Returns only if that fails. Allocates nothing.
    fn exec(&self) -> std::io::Error {
        // SAFETY: the path and both lists end as they must, and live as long as this.
        unsafe { libc::execve(self.path.as_ptr(), self.arguments.as_ptr(), self.variables.as_ptr()) };
        std::io::Error::last_os_error()
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
