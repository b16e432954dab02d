//! Whiteouts: how a layer removes what a lower one has. OCI marks them by names (`.wh.<name>`, and
//! `.wh..wh..opq` for a whole directory: image-spec, "Layer Filesystem Changeset"), overlayfs by a character
//! device 0/0 and an extended attribute.

use std::fs;
use std::io::Result;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, XattrFlags};

const OPAQUE: &str = ".wh..wh..opq";

/// Turns OCI's marks in a layer's tree into overlayfs'.
pub fn convert(directory: &Path) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == OPAQUE {
            fs::remove_file(&path)?;
            rustix::fs::setxattr(directory, "trusted.overlay.opaque", b"y", XattrFlags::empty())?;
        } else if let Some(hidden) = name.strip_prefix(".wh.") {
            fs::remove_file(&path)?;
            let hidden = directory.join(hidden);
            // A layer that both removes and brings a name brings it.
            if hidden.symlink_metadata().is_err() {
                rustix::fs::mknodat(CWD, &hidden, FileType::CharacterDevice, Mode::empty(), 0)?;
            }
        } else if entry.file_type()?.is_dir() {
            convert(&path)?;
        }
    }
    Ok(())
}
