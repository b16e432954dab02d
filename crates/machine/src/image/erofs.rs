//! The form of an image that virtual machines boot from: one read-only erofs file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::driver::{Error, Result};
use crate::program;

/// Makes `rootfs.erofs` in the image's directory unless it is there; answers its path.
pub fn make(image: &Path) -> Result<PathBuf> {
    let path = image.join("rootfs.erofs");
    if path.exists() {
        return Ok(path);
    }
    let draft = image.join(format!("erofs-{}-{:08x}", std::process::id(), rand::random::<u32>()));
    let mut command = Command::new("mkfs.erofs");
    // Times as in the tree, no compression: the host's page cache serves many machines from one file.
    command.args(["--quiet", "--preserve-mtime"]).arg(&draft).arg(image.join("rootfs"));
    let made = program::run("mkfs.erofs", &mut command);
    let kept = made.and_then(|_| fs::rename(&draft, &path).map_err(|error| Error::io("keep the erofs image", error)));
    kept.inspect_err(|_| drop(fs::remove_file(&draft)))?;
    Ok(path)
}
