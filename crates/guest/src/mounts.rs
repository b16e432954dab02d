//! The kernel's file systems. A container has them already; a virtual machine's initramfs may have left some
//! for us.

use std::ffi::CString;
use std::path::Path;

/// Where this program lives in every machine.
pub const PROGRAM: &str = "/.freehold/init";

struct Mount {
    kind: &'static str,
    target: &'static str,
    flags: libc::c_ulong,
    options: &'static str,
}

const SAFE: libc::c_ulong = libc::MS_NOSUID | libc::MS_NODEV;

const MOUNTS: [Mount; 7] = [
    Mount { kind: "proc", target: "/proc", flags: SAFE | libc::MS_NOEXEC, options: "" },
    Mount { kind: "sysfs", target: "/sys", flags: SAFE | libc::MS_NOEXEC, options: "" },
    Mount { kind: "devtmpfs", target: "/dev", flags: libc::MS_NOSUID, options: "mode=0755" },
    Mount {
        kind: "devpts",
        target: "/dev/pts",
        flags: libc::MS_NOSUID | libc::MS_NOEXEC,
        options: "mode=0620,gid=5,ptmxmode=0666",
    },
    Mount { kind: "tmpfs", target: "/dev/shm", flags: SAFE, options: "mode=1777" },
    Mount { kind: "tmpfs", target: "/run", flags: SAFE, options: "mode=0755" },
    Mount { kind: "cgroup2", target: "/sys/fs/cgroup", flags: SAFE | libc::MS_NOEXEC, options: "" },
];

/// Mounts what is not mounted yet.
pub fn provide() {
    for mount in &MOUNTS {
        if !is_mount_point(mount.target) {
            mount_one(mount);
        }
    }
    for (target, link) in [
        ("/proc/self/fd", "/dev/fd"),
        ("/proc/self/fd/0", "/dev/stdin"),
        ("/proc/self/fd/1", "/dev/stdout"),
        ("/proc/self/fd/2", "/dev/stderr"),
    ] {
        let _ = std::os::unix::fs::symlink(target, link);
    }
}

fn mount_one(mount: &Mount) {
    let _ = std::fs::create_dir_all(mount.target);
    let (Ok(kind), Ok(target), Ok(options)) =
        (CString::new(mount.kind), CString::new(mount.target), CString::new(mount.options))
    else {
        return;
    };
    // SAFETY: all pointers are to NUL-terminated strings that live across the call.
    let result =
        unsafe { libc::mount(kind.as_ptr(), target.as_ptr(), kind.as_ptr(), mount.flags, options.as_ptr().cast()) };
    if result != 0 {
        let error = std::io::Error::last_os_error();
        crate::console::say(&format!("cannot mount {}: {error}", mount.target));
    }
}

/// A directory is a mount point if it is on another device than its parent.
fn is_mount_point(path: &str) -> bool {
    use std::os::unix::fs::MetadataExt;
    let path = Path::new(path);
    let (Ok(here), Some(Ok(parent))) = (path.metadata(), path.parent().map(Path::metadata)) else {
        return false;
    };
    here.dev() != parent.dev()
}

/// Leaves the root file system clean before the power goes.
pub fn make_read_only() {
    // SAFETY: a remount takes no source, type or data.
    unsafe {
        libc::mount(
            std::ptr::null(),
            c"/".as_ptr(),
            std::ptr::null(),
            libc::MS_REMOUNT | libc::MS_RDONLY,
            std::ptr::null(),
        );
        libc::sync();
    }
}
