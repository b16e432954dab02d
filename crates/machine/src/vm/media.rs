//! What a machine reads from and writes to, as open files: QEMU itself may open next to nothing.

use std::fs::{File, OpenOptions};
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::boot::{kernel, ramdisk};
use super::console;
use super::directory::Directory;
use crate::driver::{Error, Result};
use crate::image::ImageStore;
use crate::spec::MachineSpec;

/// Open files of one start.
pub struct Media {
    pub kernel: File,
    pub ramdisk: File,
    pub image: File,
    pub root: File,
    pub console: File,
    pub qmp: UnixListener,
    /// Where QEMU's complaints go.
    pub log: File,
}

/// Opens all of it; fetches the kernel and packs the image if nobody has yet.
pub fn open(data_dir: &Path, directory: &Directory, spec: &MachineSpec) -> Result<Media> {
    let kernel = kernel::ensure(&data_dir.join("kernels"))?;
    let image = ImageStore::open(data_dir)?.erofs(&spec.image)?;
    let read =
        |path: &Path| File::open(path).map_err(|source| Error::io(format!("opening {}", path.display()), source));
    let root = crate::disk::image_of(&directory.path);
    Ok(Media {
        kernel: read(&kernel.image)?,
        ramdisk: read(&ramdisk::ensure(&kernel)?)?,
        image: read(&image)?,
        root: OpenOptions::new()
            .read(true)
            .write(true)
            .open(&root)
            .map_err(|source| Error::io("opening the machine's disk", source))?,
        console: console::open(&directory.file("console.log"))?,
        qmp: listen(directory)?,
        log: File::create(directory.file("qemu.log")).map_err(|source| Error::io("making QEMU's log", source))?,
    })
}

/// The control socket, bound here so that QEMU needs no right to write to the directory.
fn listen(directory: &Directory) -> Result<UnixListener> {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::PermissionsExt as _;
    let path = directory.file("qmp.sock");
    let _ = std::fs::remove_file(&path);
    let bind = || -> std::io::Result<UnixListener> {
        // A socket's address holds 108 bytes, a data directory's path may be longer.
        let parent = File::open(&directory.path)?;
        let listener = UnixListener::bind(format!("/proc/self/fd/{}/qmp.sock", parent.as_raw_fd()))?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    };
    bind().map_err(|source| Error::io("making QEMU's control socket", source))
}
