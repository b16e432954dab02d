//! Starts QEMU so that it outlives us and can do nothing but be that machine: a session of its own, its cgroup
//! before its first instruction, an empty network namespace, a user id that owns nothing, and only the
//! descriptors that it was given.

use std::fs::File;
use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use rustix::io::FdFlags;
use rustix::process::{Resource, Rlimit};
use rustix::thread::UnshareFlags;

use crate::driver::{DriverKind, Error, Result};

pub const PROGRAM: &str = "qemu-system-x86_64";

/// What the process is held to.
pub struct Confinement {
    /// User and group id.
    pub user: u32,
    pub kvm: KvmAccess,
    /// `cgroup.procs` of its groups.
    pub cgroups: Vec<File>,
    /// No file may grow beyond this: the disk's size, and a bound for the console while nobody cuts it.
    pub file_size: u64,
    /// The machine's lock, held already; the process writes its id there and keeps it.
    pub lock: Option<File>,
}

/// Starts it with the descriptors in `inherit` open under the same numbers. Returns its process id; it is
/// reaped by whoever waits for it.
pub fn spawn(
    arguments: &[String],
    inherit: Vec<RawFd>,
    output: Stdio,
    log: File,
    confinement: &Confinement,
) -> Result<std::process::Child> {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).stdin(Stdio::null()).stdout(output).stderr(log).current_dir("/").env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/sbin:/usr/bin:/sbin:/bin".into()));
    let confine = Confine {
        user: confinement.user,
        kvm: confinement.kvm,
        cgroups: confinement.cgroups.iter().map(|file| file.as_raw_fd()).collect(),
        file_size: confinement.file_size,
        lock: confinement.lock.as_ref().map(|file| file.as_raw_fd()),
        inherit,
        privileged: rustix::process::geteuid().is_root(),
    };
    // SAFETY: between fork and exec the closure makes system calls only, allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(move || confine.apply());
    }
    command.spawn().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::Unsupported(format!("{PROGRAM} is not installed on this host")),
        _ => Error::io(format!("starting {PROGRAM}"), source),
    })
}

/// The same in numbers, made before the fork.
struct Confine {
    user: u32,
    kvm: KvmAccess,
    cgroups: Vec<RawFd>,
    file_size: u64,
    lock: Option<RawFd>,
    inherit: Vec<RawFd>,
    privileged: bool,
}

impl Confine {
    /// Runs in the child.
    fn apply(&self) -> std::io::Result<()> {
        rustix::process::setsid()?;
        for procs in &self.cgroups {
            rustix::io::write(borrow(*procs), b"0")?;
        }
        let size = Some(self.file_size);
        rustix::process::setrlimit(Resource::Fsize, Rlimit { current: size, maximum: size })?;
        // Beyond that limit a write shall fail, not end the machine.
        // SAFETY: ignoring a signal installs no handler.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
        if let Some(lock) = self.lock {
            write_pid(lock)?;
        }
        for fd in self.inherit.iter().chain(&self.lock) {
            rustix::io::fcntl_setfd(borrow(*fd), FdFlags::empty())?;
        }
        if self.privileged {
            // SAFETY: the child has one thread and holds no descriptor table that it shares.
            unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET | UnshareFlags::NEWIPC) }?;
            let group = rustix::process::Gid::from_raw(self.user);
            match self.kvm {
                KvmAccess::Group(kvm) => rustix::thread::set_thread_groups(&[rustix::process::Gid::from_raw(kvm)])?,
                KvmAccess::Anybody | KvmAccess::RootOnly => rustix::thread::set_thread_groups(&[])?,
            }
            if self.kvm != KvmAccess::RootOnly {
                rustix::thread::set_thread_res_gid(group, group, group)?;
                let user = rustix::process::Uid::from_raw(self.user);
                rustix::thread::set_thread_res_uid(user, user, user)?;
            }
        }
        rustix::thread::set_no_new_privs(true)?;
        Ok(())
    }
}

fn borrow(fd: RawFd) -> std::os::fd::BorrowedFd<'static> {
    // SAFETY: the parent keeps these open until the child has been started.
    unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) }
}

/// Decimal digits without allocation, and a new line so that a reader knows that it is all of it.
fn write_pid(lock: RawFd) -> std::io::Result<()> {
    let mut digits = [0u8; 12];
    let mut at = digits.len() - 1;
    digits[at] = b'\n';
    let mut rest = rustix::process::getpid().as_raw_nonzero().get();
    while rest > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    rustix::io::pwrite(borrow(lock), &digits[at..], 0)?;
    Ok(())
}

/// Who may open `/dev/kvm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KvmAccess {
    Anybody,
    Group(u32),
    /// QEMU has to open it as root and to give that up itself.
    RootOnly,
}

impl KvmAccess {
    /// As the device's owner and mode say; what is emulated needs no device.
    pub fn of(kind: DriverKind) -> Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        if kind != DriverKind::Kvm {
            return Ok(Self::Anybody);
        }
        let device = std::fs::metadata("/dev/kvm").map_err(|source| Error::io("looking at /dev/kvm", source))?;
        Ok(match device.mode() {
            mode if mode & 0o006 == 0o006 => Self::Anybody,
            mode if mode & 0o060 == 0o060 => Self::Group(device.gid()),
            _ => Self::RootOnly,
        })
    }

    /// The user that QEMU has to become by itself.
    pub fn run_as(self, user: u32) -> Option<u32> {
        (self == Self::RootOnly).then_some(user)
    }
}

/// A user id that no account has, the same for the same machine at any time.
pub fn user_of(id: &str) -> u32 {
    use sha2::{Digest as _, Sha256};
    const FIRST: u32 = 0x7000_0000;
    let digest = Sha256::digest(id);
    FIRST + u32::from_be_bytes([0, digest[0], digest[1], digest[2]])
}
