//! Images from archives: a root file system as tar (plain, gzip, xz, zstd: whatever the host's tar reads), or an
//! OCI archive (a tar with `oci-layout`, as `skopeo` and `docker save` write it).
//!
//! An archive may be hostile. Each is unpacked into an empty directory of its own, where tar itself refuses to
//! leave; trees are merged by the kernel; digests are checked.

mod oci;
mod whiteout;

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Progress, layers};
use crate::driver::{Error, Result};
use crate::program;

/// Unpacks an archive to the empty directory `root`; `scratch` is a path to use (the caller removes it).
pub fn unpack(archive: &Path, root: &Path, scratch: &Path, progress: Progress<'_>) -> Result<()> {
    if !archive.is_file() {
        return Err(Error::Unsupported(format!("{} is not a file", archive.display())));
    }
    if !is_oci(archive)? {
        progress("unpacking");
        untar(archive, root, &[])?;
        return looks_like_a_system(root);
    }
    progress("unpacking the OCI archive");
    let layout = scratch.join("layout");
    untar(archive, &layout, &[])?;
    let blobs = oci::layers(&layout)?;
    let mut trees = Vec::new();
    for (index, blob) in blobs.iter().enumerate() {
        progress(&format!("layer {} of {}", index + 1, blobs.len()));
        let tree = scratch.join(index.to_string());
        untar(blob, &tree, &[])?;
        whiteout::convert(&tree).map_err(|error| Error::io("convert whiteouts", error))?;
        trees.push(tree);
    }
    // The last layer is the top one.
    trees.reverse();
    layers::flatten(&trees, &scratch.join("mount"), root)?;
    looks_like_a_system(root)
}

fn is_oci(archive: &Path) -> Result<bool> {
    let names = program::run("tar", Command::new("tar").arg("-tf").arg(archive))?;
    Ok(String::from_utf8_lossy(&names).lines().any(|name| name.trim_start_matches("./") == "oci-layout"))
}

fn untar(archive: &Path, target: &Path, options: &[&str]) -> Result<()> {
    fs::create_dir_all(target).map_err(|error| Error::io("unpack an archive", error))?;
    let mut command = Command::new("tar");
    command.args(["-x", "-p", "--numeric-owner", "--xattrs", "--xattrs-include=security.capability"]);
    command.args(options).arg("-C").arg(target).arg("-f").arg(archive);
    program::run("tar", &mut command).map(drop)
}

fn looks_like_a_system(root: &Path) -> Result<()> {
    let has = |name: &str| root.join(name).symlink_metadata().is_ok();
    if has("bin") || has("usr/bin") || has("sbin") {
        return Ok(());
    }
    Err(Error::Unsupported("the archive holds no root file system: it has neither bin, sbin nor usr/bin".into()))
}

#[cfg(test)]
mod tests;
