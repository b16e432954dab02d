//! What a sandbox's programs see as `/`: a small file system in memory with the host's programs and libraries bound into
//! it, and what its user asked for.
//!
//! Built in two steps. The first needs no knowledge of the use, and leaves the host's root at [`HOST`] for the second to
//! bind from; nothing but our own code runs in between. After the second the host is out of reach.

use std::ffi::CString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode};
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};

use super::etc;
use super::wire::{Bind, Fork, Furnish};

/// Where the host is while the root is built.
const HOST: &str = "/.host";
/// The host's directories of programs and libraries. Links are links here too.
const SHARED: [&str; 7] = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"];
/// Made for whoever furnishes the sandbox, and empty else.
const PLACES: [&str; 8] = ["dev", "etc", "opt", "proc", "tmp", "var/task", "var/runtime", "var/lang"];
/// Character devices: name, major and minor number.
const DEVICES: [(&str, u32, u32); 5] =
    [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9)];

const CONFINED: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

type Step<T> = Result<T, String>;

/// Builds what all sandboxes have, and moves into it.
pub fn prepare(fork: &Fork) -> Step<()> {
    rustix::process::umask(Mode::empty());
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", private).map_err(|error| format!("separate the mounts: {error}"))?;
    let root = &fork.root;
    mount("tmpfs", root, "tmpfs", MountFlags::NOSUID, "size=1m,mode=755")?;
    for place in PLACES {
        make(&root.join(place))?;
    }
    for name in SHARED {
        share(&Path::new("/").join(name), &root.join(name))?;
    }
    devices(&root.join("dev"))?;
    etc::write(&root.join("etc"), fork.user, &fork.hostname)?;
    make(&root.join(&HOST[1..]))?;
    rustix::process::pivot_root(root, root.join(&HOST[1..])).map_err(|error| format!("change the root: {error}"))?;
    rustix::process::chdir("/").map_err(|error| format!("change the root: {error}"))?;
    mount("proc", Path::new("/proc"), "proc", CONFINED | MountFlags::NOEXEC, "")?;
    mount_tmp(&fork.tmp, fork.user)
}

/// Adds what this use of it needs, and closes the way to the host.
pub fn furnish(wanted: &Furnish, user: u32) -> Step<()> {
    for bind in &wanted.binds {
        show(bind)?;
    }
    match &wanted.merged {
        None => {}
        Some((from, _)) if from.is_empty() => {}
        Some((from, to)) if from.len() == 1 => show(&Bind { from: from[0].clone(), to: to.clone() })?,
        Some((from, to)) => merge(from, to)?,
    }
    for link in &wanted.links {
        symlink(&link.target, &link.at).map_err(|error| format!("{}: {error}", link.at.display()))?;
    }
    if let Some(tmp) = &wanted.tmp {
        rustix::mount::unmount("/tmp", UnmountFlags::empty()).map_err(|error| format!("/tmp: {error}"))?;
        mount_tmp(tmp, user)?;
    }
    rustix::mount::unmount(HOST, UnmountFlags::DETACH).map_err(|error| format!("leave the host's root: {error}"))?;
    fs::remove_dir(HOST).map_err(|error| format!("leave the host's root: {error}"))?;
    // Its own flags, `nosuid` among them, stay.
    let closed = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID;
    rustix::mount::mount_remount("/", closed, "").map_err(|error| format!("close the root: {error}"))
}

/// A path of the host as it is seen from the new root.
fn on_host(path: &Path) -> PathBuf {
    Path::new(HOST).join(path.strip_prefix("/").unwrap_or(path))
}

fn show(bind: &Bind) -> Step<()> {
    let from = on_host(&bind.from);
    if from.is_dir() {
        make(&bind.to)?;
    } else if !bind.to.exists() {
        fs::write(&bind.to, "").map_err(|error| format!("{}: {error}", bind.to.display()))?;
    }
    bind_read_only(&from, &bind.to)
}

fn merge(from: &[PathBuf], to: &Path) -> Step<()> {
    make(to)?;
    // The first is the uppermost one; a colon ends a path.
    let paths = from.iter().rev().map(|path| on_host(path).to_string_lossy().replace(':', "\\:"));
    let options = format!("lowerdir={}", paths.collect::<Vec<_>>().join(":"));
    mount("overlay", to, "overlay", CONFINED | MountFlags::RDONLY, &options)
}

fn share(from: &Path, to: &Path) -> Step<()> {
    let step = |error: std::io::Error| format!("{}: {error}", from.display());
    match fs::symlink_metadata(from) {
        Ok(known) if known.is_symlink() => symlink(fs::read_link(from).map_err(step)?, to).map_err(step),
        Ok(known) if known.is_dir() => {
            make(to)?;
            bind_read_only(from, to)
        }
        _ => Ok(()),
    }
}

pub fn bind_read_only(from: &Path, to: &Path) -> Step<()> {
    let step = |error| format!("show {} at {}: {error}", from.display(), to.display());
    rustix::mount::mount_bind(from, to).map_err(step)?;
    rustix::mount::mount_remount(to, MountFlags::BIND | MountFlags::RDONLY | CONFINED, "").map_err(step)
}

fn devices(dev: &Path) -> Step<()> {
    for (name, major, minor) in DEVICES {
        let (path, number) = (dev.join(name), rustix::fs::makedev(major, minor));
        rustix::fs::mknodat(CWD, &path, FileType::CharacterDevice, Mode::from_raw_mode(0o666), number)
            .map_err(|error| format!("make /dev/{name}: {error}"))?;
    }
    for (name, target) in [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        let made = symlink(Path::new("/proc/self").join(target), dev.join(name));
        made.map_err(|error| format!("make /dev/{name}: {error}"))?;
    }
    Ok(())
}

fn mount_tmp(device: &Path, user: u32) -> Step<()> {
    let tmp = Path::new("/tmp");
    mount_source(&on_host(device), tmp, "ext4", CONFINED | MountFlags::NOATIME, "")?;
    let owned =
        chown(tmp, Some(user), Some(user)).and_then(|()| fs::set_permissions(tmp, fs::Permissions::from_mode(0o700)));
    // Whoever made the file system left it its own directory.
    let _ = fs::remove_dir(tmp.join("lost+found"));
    owned.map_err(|error| format!("/tmp: {error}"))
}

fn make(path: &Path) -> Step<()> {
    fs::create_dir_all(path)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o755)))
        .or_else(|error| if path.is_dir() { Ok(()) } else { Err(error) })
        .map_err(|error| format!("make {}: {error}", path.display()))
}

fn mount(source: &str, target: &Path, kind: &str, flags: MountFlags, options: &str) -> Step<()> {
    mount_source(Path::new(source), target, kind, flags, options)
}

fn mount_source(source: &Path, target: &Path, kind: &str, flags: MountFlags, options: &str) -> Step<()> {
    let step = |error: std::io::Error| format!("mount {}: {error}", target.display());
    let options = CString::new(options).map_err(|error| step(error.into()))?;
    rustix::mount::mount(source, target, kind, flags, options.as_c_str()).map_err(|error| step(error.into()))
}
