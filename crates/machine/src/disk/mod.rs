//! Disks: a sparse file with an ext4 file system of exactly the size that the machine was promised.
//!
//! ```text
//! machines/<id>/root.img     upper/   what the machine wrote over its image
//!                            work/    overlayfs' own
//!                            console.log, meminfo   (containers)
//! ```
//! The same disk serves both drivers: a container has it mounted at `machines/<id>/disk` and overlays its image
//! there, a virtual machine's initramfs does the same inside. A machine can therefore change its driver. The
//! size is real: who writes past it gets `ENOSPC`, and the host's own disk is safe.

mod attach;
mod idmap;
mod make;
mod persona;

pub(crate) use attach::attach as attach_new;
pub use attach::{is_mounted, mount, unmount};
pub use idmap::Shift;
pub use make::{copy_sparse, make};
pub use persona::with_owner;

use std::path::{Path, PathBuf};

/// The machine's disk inside its directory.
pub fn image_of(machine: &Path) -> PathBuf {
    machine.join("root.img")
}
