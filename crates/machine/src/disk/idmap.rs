//! Shifts the owners of files: a mount in which the file of user 0 belongs to user `first`, and so on. With it
//! root inside a container is nobody on the host, while the image and the disk keep plain owners that every
//! machine (and a virtual one) can share. Linux does this since 5.12, file system by file system.

use std::fs::{self, File};
use std::io::{Error as IoError, Result as IoResult};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags};

use crate::driver::{Error, Result};

const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;

/// `struct mount_attr` of linux/mount.h.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// A user namespace whose users `0..count` are the host's `first..first + count`.
#[derive(Debug)]
pub struct Shift {
    namespace: OwnedFd,
}

impl Shift {
    pub fn new(first: u32, count: u32) -> Result<Self> {
        let namespace = namespace(first, count).map_err(|error| Error::io("make a user namespace", error))?;
        Ok(Self { namespace })
    }

    /// Mounts the tree `from`, shifted, at the directory `target`.
    pub fn mount(&self, from: &Path, target: &Path) -> Result<()> {
        self.try_mount(from, target)
            .map_err(|error| Error::io(format!("shift the owners of {}", from.display()), error))
    }

    fn try_mount(&self, from: &Path, target: &Path) -> IoResult<()> {
        fs::create_dir_all(target)?;
        let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
        let tree = rustix::mount::open_tree(CWD, from, flags)?;
        let attributes = MountAttributes {
            set: MOUNT_ATTR_IDMAP,
            clear: 0,
            propagation: 0,
            user_namespace: u64::try_from(self.namespace.as_raw_fd()).map_err(IoError::other)?,
        };
        // SAFETY: the path is NUL-terminated, the structure and its size belong together and live on.
        let result = unsafe {
            libc::syscall(
                libc::SYS_mount_setattr,
                tree.as_raw_fd(),
                c"".as_ptr(),
                libc::AT_EMPTY_PATH,
                &attributes,
                size_of::<MountAttributes>(),
            )
        };
        if result != 0 {
            return Err(IoError::last_os_error());
        }
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        Ok(rustix::mount::move_mount(tree.as_fd(), c"", CWD, target, flags)?)
    }
}

/// A user namespace exists as long as something holds it: first a process that waits, then the descriptor.
fn namespace(first: u32, count: u32) -> IoResult<OwnedFd> {
    let mut command = Command::new("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: a single system call between fork and exec.
    unsafe {
        command.pre_exec(|| match libc::unshare(libc::CLONE_NEWUSER) {
            0 => Ok(()),
            _ => Err(IoError::last_os_error()),
        });
    }
    let mut child = command.spawn()?;
    let made = open_namespace(child.id(), first, count);
    // Its input ends, and so does it.
    drop(child.stdin.take());
    child.wait()?;
    made
}

fn open_namespace(pid: u32, first: u32, count: u32) -> IoResult<OwnedFd> {
    for file in ["uid_map", "gid_map"] {
        fs::write(format!("/proc/{pid}/{file}"), format!("0 {first} {count}\n"))?;
    }
    Ok(File::open(format!("/proc/{pid}/ns/user"))?.into())
}
