//! An image from a machine: its disk over the image that it started from, as one tree.

use std::fs;
use std::path::Path;

use super::layers;
use crate::disk;
use crate::driver::{Error, Result};

/// Writes what the machine sees as its root file system to `target`. `scratch` is a path to use and remove.
///
/// The disk is copied first, whoever holds it: the copy is what the disk would be after a power cut, and its
/// journal makes it whole. A running container's is synced before that; a virtual machine's guest must do so
/// itself.
pub fn flatten(base: &Path, machine: &Path, target: &Path, scratch: &Path) -> Result<()> {
    let live = machine.join("disk");
    if disk::is_mounted(&live) {
        let failed = |error: std::io::Error| Error::io("sync the machine's disk", error);
        let file = fs::File::open(&live).map_err(failed)?;
        rustix::fs::syncfs(file).map_err(|error| failed(error.into()))?;
    }
    let (copy, mount) = (scratch.with_extension("img"), scratch.with_extension("disk"));
    let result = flatten_copy(base, machine, target, scratch, &copy, &mount);
    let unmounted = disk::unmount(&mount);
    let _ = fs::remove_file(&copy);
    result.and(unmounted)
}

fn flatten_copy(base: &Path, machine: &Path, target: &Path, scratch: &Path, copy: &Path, mount: &Path) -> Result<()> {
    disk::copy_sparse(&disk::image_of(machine), copy)?;
    disk::mount(copy, mount)?;
    layers::flatten(&[mount.join("upper"), base.to_owned()], scratch, target)
}
