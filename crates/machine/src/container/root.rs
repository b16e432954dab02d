//! The root file system of a container: its image, read-only, under what it has written.

use std::ffi::CString;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::mount::MountFlags;

use super::bundle::Users;
use super::directory::Directory;
use crate::disk::{self, Shift};
use crate::driver::{Error, Result};

/// Mounts the image's tree with the mounted disk over it. With `users`, root inside owns what root owns there.
pub fn mount(directory: &Directory, image: &Path, users: Option<Users>) -> Result<()> {
    let Some(users) = users else {
        return overlay(image, &directory.disk(), &directory.rootfs(), 0);
    };
    check_reachable(&directory.rootfs())?;
    let shift = Shift::new(users.first, users.count)?;
    let (lower, own) = (directory.layer("image"), directory.layer("disk"));
    shift.mount(image, &lower)?;
    shift.mount(&directory.disk(), &own)?;
    overlay(&lower, &own, &directory.rootfs(), users.first)?;
    // The overlay holds both from here on.
    disk::unmount(&lower)?;
    disk::unmount(&own)
}

fn overlay(lower: &Path, own: &Path, target: &Path, owner: u32) -> Result<()> {
    let failed = |error: std::io::Error| Error::io("mount the machine's root", error);
    fs::create_dir_all(target).map_err(failed)?;
    let options = format!(
        "lowerdir={},upperdir={},workdir={}",
        escape(lower.to_owned()),
        escape(own.join("upper")),
        escape(own.join("work"))
    );
    let options = CString::new(options).map_err(|error| failed(error.into()))?;
    // Device nodes that the guest makes are files, not devices.
    let mount = || Ok(rustix::mount::mount("overlay", target, "overlay", MountFlags::NODEV, Some(options.as_c_str()))?);
    if owner == 0 { mount() } else { disk::with_owner(owner, mount) }.map_err(failed)
}

/// A path in overlayfs' options, where colon and comma separate.
fn escape(path: PathBuf) -> String {
    path.to_string_lossy().replace('\\', "\\\\").replace(':', "\\:").replace(',', "\\,")
}

/// runc sets the root up as the container's own root, who must be able to get there.
fn check_reachable(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    for parent in path.ancestors().skip(1) {
        let mode = parent.metadata().map_err(|error| Error::io("look at the data directory", error))?.mode();
        if mode & 0o001 == 0 {
            return Err(Error::Unsupported(format!("{} is closed to other users (chmod o+x)", parent.display())));
        }
    }
    Ok(())
}
