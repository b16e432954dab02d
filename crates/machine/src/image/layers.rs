//! Stacks trees as overlayfs does, and copies what is then seen. The kernel does the merging: it knows every
//! rule of whiteouts, and no link in one layer can lead the copy of another out of the tree.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::mount::MountFlags;

use crate::driver::{Error, Result};
use crate::{disk, program};

/// Mounted layers; unmounted when dropped.
struct Stack<'a>(&'a Path);

impl Drop for Stack<'_> {
    fn drop(&mut self) {
        let _ = disk::unmount(self.0);
    }
}

/// Copies the union of `layers` (the first is the top) to the directory `target`. `mount` is an empty directory.
pub fn flatten(layers: &[PathBuf], mount: &Path, target: &Path) -> Result<()> {
    if let [only] = layers {
        return copy(only, target);
    }
    let failed = |error: std::io::Error| Error::io("stack the layers", error);
    std::fs::create_dir_all(mount).map_err(failed)?;
    // By descriptor: the option's text is bounded by a page, and a path may contain its separator.
    let open: Vec<_> = layers.iter().map(File::open).collect::<Result<_, _>>().map_err(failed)?;
    let lower: Vec<_> = open.iter().map(|layer| format!("/proc/self/fd/{}", layer.as_raw_fd())).collect();
    let options =
        std::ffi::CString::new(format!("lowerdir={}", lower.join(":"))).map_err(|error| failed(error.into()))?;
    rustix::mount::mount("overlay", mount, "overlay", MountFlags::RDONLY, Some(options.as_c_str()))
        .map_err(|error| failed(error.into()))?;
    let _stack = Stack(mount);
    copy(mount, target)
}

/// Copies a tree with owners, modes, times, links and extended attributes, staying on its file system.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut command = Command::new("cp");
    command.args(["-a", "--one-file-system", "--reflink=auto", "--sparse=auto", "-T"]).arg(from).arg(to);
    program::run("cp", &mut command).map(drop)
}
