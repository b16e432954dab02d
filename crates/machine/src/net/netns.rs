//! Named network namespaces, as `ip netns` makes them: a bind mount of the namespace below `/run/netns`.
//!
//! A namespace is a property of a thread. Work inside one is therefore done by a thread of its own that enters
//! it, works and ends: a pooled thread must never change its namespace.

use std::fs::File;
use std::io::ErrorKind;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::{Path, PathBuf};

use rustix::mount::{MountPropagationFlags, UnmountFlags};
use rustix::thread::{LinkNameSpaceType, UnshareFlags};

use crate::driver::{Error, Result};

const DIRECTORY: &str = "/run/netns";

/// Where a named namespace is mounted.
pub fn path(name: &str) -> PathBuf {
    Path::new(DIRECTORY).join(name)
}

/// The namespace of a process.
pub fn path_of_process(pid: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/ns/net"))
}

/// A namespace that this process holds open, as a path for whoever needs one.
pub fn path_of_open(namespace: BorrowedFd<'_>) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", namespace.as_raw_fd()))
}

/// Whether a namespace of that name exists. A file without a mount, which a crash can leave, does not count.
pub fn exists(name: &str) -> bool {
    rustix::fs::statfs(path(name)).is_ok_and(|fs| fs.f_type as u64 == NSFS_MAGIC)
}

const NSFS_MAGIC: u64 = 0x6e73_6673;

/// Makes a namespace, unless it exists.
pub fn create(name: &str) -> Result<()> {
    if exists(name) {
        return Ok(());
    }
    share_directory()?;
    let target = path(name);
    File::create(&target).map_err(|e| Error::io(format!("create {}", target.display()), e))?;
    on_a_thread(move || {
        // SAFETY: the flag touches the network namespace of this thread only, not its file descriptors.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) }
            .map_err(|e| Error::io("make a network namespace", e))?;
        rustix::mount::mount_bind("/proc/thread-self/ns/net", &target)
            .map_err(|e| Error::io(format!("mount {}", target.display()), e))
    })
}

/// Removes a namespace. Its links vanish as soon as no process and no socket is left in it.
pub fn delete(name: &str) -> Result<()> {
    let target = path(name);
    loop {
        match rustix::mount::unmount(&target, UnmountFlags::DETACH) {
            Ok(()) => continue,
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOENT) => break,
            Err(e) => return Err(Error::io(format!("unmount {}", target.display()), e)),
        }
    }
    match std::fs::remove_file(&target) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io(format!("remove {}", target.display()), e)),
        _ => Ok(()),
    }
}

/// The names of all namespaces of the host, Freehold's or not, half-made ones included.
pub fn list() -> Result<Vec<String>> {
    let entries = match std::fs::read_dir(DIRECTORY) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::io(format!("read {DIRECTORY}"), e)),
    };
    Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// Runs `work` on a thread inside the namespace at `path` and waits for it.
pub fn enter<T: Send>(path: &Path, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    on_a_thread(|| {
        let namespace = File::open(path).map_err(|e| Error::io(format!("open {}", path.display()), e))?;
        rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
            .map_err(|e| Error::io(format!("enter {}", path.display()), e))?;
        work()
    })
}

/// As [`enter`], for a namespace that need not have a name.
pub fn enter_open<T: Send>(namespace: BorrowedFd<'_>, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    on_a_thread(|| {
        rustix::thread::move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network))
            .map_err(|e| Error::io("enter a network namespace", e))?;
        work()
    })
}

/// Runs `work` on a thread of its own, which may change what belongs to a thread.
pub fn on_a_thread<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("netns".to_owned())
            .spawn_scoped(scope, work)
            .map_err(|e| Error::io("start a thread", e))?;
        match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Makes `/run/netns` a shared mount, as `ip netns` does: a namespace that is unmounted here is then unmounted
/// in the mount namespaces of running containers too, and does not live on in their copies.
fn share_directory() -> Result<()> {
    std::fs::create_dir_all(DIRECTORY).map_err(|e| Error::io(format!("create {DIRECTORY}"), e))?;
    let share = || rustix::mount::mount_change(DIRECTORY, MountPropagationFlags::SHARED | MountPropagationFlags::REC);
    match share() {
        Ok(()) => return Ok(()),
        // Not a mount point yet.
        Err(rustix::io::Errno::INVAL) => {}
        Err(e) => return Err(Error::io(format!("share {DIRECTORY}"), e)),
    }
    rustix::mount::mount_bind_recursive(DIRECTORY, DIRECTORY)
        .and_then(|()| share())
        .map_err(|e| Error::io(format!("mount {DIRECTORY}"), e))
}
