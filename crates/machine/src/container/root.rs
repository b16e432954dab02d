//! The root file system of a container: its image, read-only, under what it has written.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use rustix::mount::MountFlags;

use super::bundle::Users;
use super::directory::Directory;
use crate::disk::{self, Shift};
use crate::driver::{Error, Result};

/// Mounts the image's tree with the mounted disk over it. With `users`, root inside owns what root owns there.
pub fn mount(directory: &Directory, image: &Path, users: Option<Users>) -> Result<()> {
    let target = directory.make_rootfs(users.map_or(0, |users| users.first))?;
    let Some(users) = users else {
        return overlay(image, &directory.disk(), &target, 0);
    };
    let shift = Shift::new(users.first, users.count)?;
    let (lower, own) = (directory.layer("image"), directory.layer("disk"));
    shift.mount(image, &lower)?;
    shift.mount(&directory.disk(), &own)?;
    overlay(&lower, &own, &target, users.first)?;
    // The overlay holds both from here on.
    disk::unmount(&lower)?;
    disk::unmount(&own)
}

fn overlay(lower: &Path, own: &Path, target: &Path, owner: u32) -> Result<()> {
    let failed = |error: std::io::Error| Error::io("mount the machine's root", error);
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
