//! File systems for `/tmp`: each a loop device on a file that has no name any more, so that it is gone with its last user
//! whatever ends that.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::disk::{attach_new, copy_sparse};
use crate::driver::{Error, Result};
use crate::program;

/// Another process may take the free device between our asking and our configuring.
const ATTEMPTS: u32 = 100;

/// A block device with an empty file system.
pub struct Scratch {
    pub device: PathBuf,
    /// Keeps the device until somebody has mounted it.
    _held: File,
}

/// Makes one of `mib` MiB. `directory` is where formatted ones are kept to copy from.
pub fn make(directory: &Path, mib: u32) -> Result<Scratch> {
    let template = template(directory, mib)?;
    let file = directory.join(format!(".{:016x}", rand::random::<u64>()));
    let made = copy_sparse(&template, &file).and_then(|()| attach(&file));
    let _ = fs::remove_file(&file);
    made
}

fn attach(file: &Path) -> Result<Scratch> {
    for _ in 0..ATTEMPTS {
        let attached = attach_new(file).map_err(|error| Error::io("attach a loop device", error))?;
        if let Some((device, held)) = attached {
            return Ok(Scratch { device, _held: held });
        }
        std::thread::yield_now();
    }
    Err(Error::io("attach a loop device", std::io::Error::from(rustix::io::Errno::BUSY)))
}

fn template(directory: &Path, mib: u32) -> Result<PathBuf> {
    let path = directory.join(format!("ext4-{mib}m.img"));
    static FORMATTING: Mutex<()> = Mutex::new(());
    let _alone = FORMATTING.lock().unwrap_or_else(PoisonError::into_inner);
    if path.exists() {
        return Ok(path);
    }
    let failed = |error| Error::io("make a file system for /tmp", error);
    fs::create_dir_all(directory).map_err(failed)?;
    let draft = directory.join(format!(".{:016x}.draft", rand::random::<u64>()));
    let file = File::create(&draft).map_err(failed)?;
    // What its own tables take comes on top, and what the kernel keeps for itself (2 %, 4,096 blocks at most): a function
    // may write as much as it was promised.
    let overhead = mib / 32 + 16;
    file.set_len(u64::from(mib + overhead) << 20).map_err(failed)?;
    let mut mkfs = Command::new("mkfs.ext4");
    // Nothing outlives the sandbox, so nothing is written twice for a crash.
    mkfs.args(["-q", "-F", "-m", "0", "-O", "^has_journal,^resize_inode", "-E"]);
    mkfs.arg("lazy_itable_init=1,nodiscard,root_owner=0:0").arg(&draft);
    let made = program::run("mkfs.ext4", &mut mkfs).and_then(|_| fs::rename(&draft, &path).map_err(failed));
    if made.is_err() {
        let _ = fs::remove_file(&draft);
    }
    made.map(|()| path)
}
