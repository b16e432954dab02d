//! The initial RAM disk: `freehold-guest` as `/initramfs`, the modules it loads, and the directories it
//! mounts on. Made once per kernel and guest program, found again by the digest of both.

use std::path::PathBuf;

use super::cpio::Archive;
use super::kernel::Kernel;
use super::modules;
use crate::driver::{Error, Result};
use crate::guest;

/// The archive for this kernel and guest program, made if it is not there.
pub fn ensure(kernel: &Kernel) -> Result<PathBuf> {
    let path = kernel.directory.join(format!("initramfs-{}.cpio", guest::DIGEST));
    if path.exists() {
        return Ok(path);
    }
    let archive = build(guest::PROGRAM, &modules::in_order(&kernel.modules)?)?;
    super::kernel::write_whole(&path, &archive)?;
    Ok(path)
}

fn build(guest: &[u8], modules: &[PathBuf]) -> Result<Vec<u8>> {
    let mut archive = Archive::default();
    for directory in ["dev", "proc", "sys", "modules", "lower", "disk", "root"] {
        archive.directory(directory);
    }
    // The kernel opens it as standard input and output before anything is mounted.
    archive.character_device("dev/console", 5, 1);
    archive.file("initramfs", guest);
    for (index, path) in modules.iter().enumerate() {
        let content = std::fs::read(path).map_err(|source| Error::io(format!("reading {}", path.display()), source))?;
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        archive.file(&format!("modules/{index:02}-{name}"), &content);
    }
    Ok(archive.finish())
}
